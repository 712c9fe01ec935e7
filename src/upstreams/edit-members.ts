import { COMMA, OPEN_BRACE } from '../std/json-bytes.ts';
import type { JsonValue } from '../std/json.ts';
import type { ScannedBody } from './scanned-body.ts';

/** What becomes of a body's own members. */
export interface MemberEdits {
  /** Put first, each unless the body has it. */
  readonly add?: Readonly<Record<string, JsonValue>>;
  /** Given another value where the body has them. */
  readonly replace?: Readonly<Record<string, JsonValue>>;
  readonly remove?: readonly string[];
}

/**
 * A body with a few members changed. Every other byte stays as it came: prompt caches are found by
 * what a conversation begins with, and thinking is signed.
 */
export function editMembers(body: ScannedBody, { add, replace, remove }: MemberEdits): Uint8Array {
  const { bytes, members } = body;
  const afterBrace = bytes.indexOf(OPEN_BRACE) + 1;
  const removed = new Set(remove?.filter((name) => members.has(name)));
  const added = Object.entries(add ?? {}).filter(([name]) => !members.has(name));
  if (added.length === 0 && removed.size === 0 && !replaces(body, replace)) return bytes;
  const pieces: Uint8Array[] = [bytes.subarray(0, afterBrace)];
  let stays = 0;
  for (const [name, value] of added) {
    pieces.push(Buffer.from(`${stays === 0 ? '' : ','}${JSON.stringify(name)}:${textFor(value)}`));
    stays += 1;
  }
  let from = afterBrace;
  for (const [name, span] of members) {
    if (!removed.has(name)) {
      if (stays === 0) from = pastComma(bytes, from);
      // Where the first one had no comma before it, what was put first needs one after it.
      else if (from === afterBrace) pieces.push(Buffer.from(','));
      const value = replacement(replace, name);
      if (value === undefined) pieces.push(bytes.subarray(from, span.end));
      else pieces.push(bytes.subarray(from, span.start), Buffer.from(textFor(value)));
      stays += 1;
    }
    from = span.end;
  }
  pieces.push(bytes.subarray(from));
  return Buffer.concat(pieces);
}

function replaces({ members }: ScannedBody, replace: MemberEdits['replace']): boolean {
  return Object.keys(replace ?? {}).some((name) => members.has(name));
}

function replacement(replace: MemberEdits['replace'], name: string): JsonValue | undefined {
  return replace !== undefined && Object.hasOwn(replace, name) ? replace[name] : undefined;
}

function textFor(value: JsonValue): string {
  return JSON.stringify(value);
}

/** What follows a member that was removed begins with its comma. */
function pastComma(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === COMMA) return at + 1;
    // White space goes on; anything else is the first member, which has no comma.
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return from;
  }
  return from;
}
