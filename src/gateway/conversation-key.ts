import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { COMMA } from '../std/json-bytes.ts';
import type { AskedBody } from './asked-body.ts';

/**
 * What all requests of a conversation have in common, whoever else says the same: tools, system and
 * the first message, which are the beginning of what a prompt cache keeps. Of an account and a model,
 * so that nobody's conversation is another's. The bytes are hashed as they stand: agents send 100 kB of
 * them with every turn.
 */
export function conversationKey(
  body: AskedBody,
  { account, model }: { readonly account: string; readonly model: string },
): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([account, model]));
  for (const part of [
    body.bytesOf('tools'),
    body.bytesOf('system'),
    body.firstItemOf('messages'),
  ]) {
    // No JSON has this byte: no two rows of parts look the same.
    hash.update('\0');
    addLasting(hash, part);
  }
  return hash.digest('base64url');
}

/** What a request has that the next one of its conversation may not have, in the same place. */
interface Passing {
  readonly mark: Buffer;
  /** What follows the mark and goes with it. */
  readonly rest: RegExp;
}

const passing: readonly Passing[] = [
  // Moves from message to message while the conversation goes on.
  { mark: Buffer.from('"cache_control"'), rest: /^\s*:\s*(?:\{[^{}]*\}|null)/ },
  // A coding agent's note to whoever bills it has a number that each request has anew; lessons C.4.
  { mark: Buffer.from('x-anthropic-billing-header:'), rest: /^[^"\\]*/ },
];
const REST_BYTES_MAX = 512;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Adds bytes but for what passes. */
function addLasting(hash: Hash, bytes: Buffer): void {
  let from = 0;
  const spans = passing
    .flatMap((kind) => spansOf(bytes, kind))
    .toSorted((one, other) => one.start - other.start);
  for (const { start, end } of spans) {
    if (start < from) continue;
    hash.update(bytes.subarray(from, start));
    from = end;
  }
  hash.update(bytes.subarray(from));
}

function spansOf(bytes: Buffer, { mark, rest }: Passing): readonly Span[] {
  const spans: Span[] = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    const after = at + mark.length;
    // A letter for a byte, so that lengths are the same.
    const [found] = rest.exec(bytes.toString('latin1', after, after + REST_BYTES_MAX)) ?? [];
    if (found !== undefined) spans.push(withComma(bytes, { start: at, end: after + found.length }));
  }
  return spans;
}

/** A member that is left out takes the comma before it along, or else the one behind it. */
function withComma(bytes: Buffer, { start, end }: Span): Span {
  const before = skipSpace(bytes, start - 1, -1);
  if (bytes[before] === COMMA) return { start: before, end };
  const behind = skipSpace(bytes, end, 1);
  return bytes[behind] === COMMA ? { start, end: behind + 1 } : { start, end };
}

const SPACE = 0x20;

function skipSpace(bytes: Buffer, from: number, step: 1 | -1): number {
  let at = from;
  while ((bytes[at] ?? COMMA) <= SPACE) at += step;
  return at;
}
