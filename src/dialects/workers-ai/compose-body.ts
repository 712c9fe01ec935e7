import type { JsonSpan } from '../../std/scan-json.ts';

/**
 * The canonical body from the inputs of a run: its members are the bytes that they were, but for
 * those that are left out or set. A value of undefined leaves its member out.
 */
export function composeBody(
  inputs: Uint8Array,
  members: ReadonlyMap<string, JsonSpan>,
  set: ReadonlyMap<string, string | number | boolean | undefined>,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (name: string, value: Uint8Array): void => {
    parts.push(Buffer.from(`${parts.length === 0 ? '' : ','}${JSON.stringify(name)}:`), value);
  };
  for (const [name, value] of set) {
    if (value !== undefined) add(name, Buffer.from(JSON.stringify(value)));
  }
  for (const [name, { start, end }] of members) {
    if (!set.has(name)) add(name, inputs.subarray(start, end));
  }
  return Buffer.concat([OPEN, ...parts, CLOSE]);
}

const OPEN = Buffer.from('{');
const CLOSE = Buffer.from('}');
