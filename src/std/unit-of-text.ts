/** Two multipliers whose products spread the bits of 32-bit numbers. */
const FIRST = 0x9e3779b1;
const SECOND = 0x85ebca6b;

/** A number between 0 and 1, both left out, that a text always has; not for secrets. */
export function unitOfText(text: string): number {
  let high = FIRST;
  let low = SECOND;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    high = Math.imul(high ^ letter, 0x85ebca77);
    low = Math.imul(low ^ letter, 0xc2b2ae3d);
  }
  const first = mixed(high ^ (low >>> 15));
  const second = mixed(low ^ (high >>> 13));
  return (first * 2 ** 20 + (second >>> 12) + 0.5) / 2 ** 52;
}

function mixed(bits: number): number {
  let left = Math.imul(bits ^ (bits >>> 16), SECOND);
  left = Math.imul(left ^ (left >>> 13), 0xc2b2ae35);
  return (left ^ (left >>> 16)) >>> 0;
}
