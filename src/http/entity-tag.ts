import { createHash } from 'node:crypto';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { EdgeReply } from './edge-reply.ts';

const NO_BODY = new Uint8Array(0);

/** A body that anybody may keep for a while. */
export interface KeepableBody {
  readonly type: string;
  readonly body: Uint8Array;
  /** What every answer to this question says besides. */
  readonly headers: HeaderList;
  /** A minute for everybody, where absent. */
  readonly cacheControl?: string;
}

/**
 * Answers with a body that has a tag, or, to whoever has the very body already, that it has not
 * changed.
 */
export function taggedReply(
  { type, body, headers: more, cacheControl = 'public, max-age=60' }: KeepableBody,
  asked: HeaderMap,
): EdgeReply {
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const headers = [...more, 'etag', tag, 'cache-control', cacheControl];
  if (isKept(asked['if-none-match'], tag)) return { status: 304, headers, body: NO_BODY };
  return { status: 200, headers: ['content-type', type, ...headers], body };
}

/** Whether the caller has the very answer; RFC 9110 §13.1.2 compares weakly. */
function isKept(value: HeaderMap[string], tag: string): boolean {
  if (typeof value !== 'string') return false;
  const tags = new Set(value.split(',').map((given) => given.trim().replace(/^W\//, '')));
  return tags.has(tag) || tags.has('*');
}
