const CAPITALS_MIN = 4;
/** Capitals that have no small letter of one code unit, or that the tokenizer leaves alone. */
const unpaired = /[\u0130\u03F4\u1E9E]/;

/** How a word is spelt: with a capital in front, all in capitals, or as it stands. */
export type WordCase = 'plain' | 'capital' | 'capitals';

/** The case of a word, where a mark stands for it. */
export function caseOf(word: string, marksCapitals: boolean): WordCase {
  if (!isCapital(word.charCodeAt(0)) || unpaired.test(word)) return 'plain';
  let capitals = 1;
  for (let at = 1; at < word.length; at += 1) if (isCapital(word.charCodeAt(at))) capitals += 1;
  if (marksCapitals && capitals === word.length && capitals >= CAPITALS_MIN) return 'capitals';
  return capitals === 1 ? 'capital' : 'plain';
}

function isCapital(code: number): boolean {
  if (code < 0x80) return code >= 0x41 && code <= 0x5a;
  const letter = String.fromCharCode(code);
  return letter.toLowerCase() !== letter;
}
