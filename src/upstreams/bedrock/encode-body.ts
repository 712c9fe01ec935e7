import type { HeaderList } from '../../messages/upstream.ts';
import type { JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { editMembers } from '../edit-members.ts';
import type { ScannedBody } from '../scanned-body.ts';
import { memberOf } from '../scanned-body.ts';

/** API reference §12. */
const VERSION = 'bedrock-2023-05-31';

/**
 * The body of a request as Bedrock wants it: the version and the betas stand in it, the model and
 * whether it is a stream in the path. Every other byte stays as it came.
 */
export function encodeBody(
  body: ScannedBody,
  headers: HeaderList,
  more: Readonly<Record<string, JsonValue>> = {},
): Uint8Array {
  const betas = betasOf(body, headers);
  const beta = betas.length === 0 ? {} : { anthropic_beta: betas };
  return editMembers(body, {
    add: { anthropic_version: VERSION, ...beta, ...more },
    replace: beta,
    remove: ['model', 'stream'],
  });
}

/** The body of Bedrock's CountTokens: what would be asked, as base64. */
export function encodeCount(body: ScannedBody, headers: HeaderList): Uint8Array {
  const counted = encodeBody(body, headers, { max_tokens: leastMaxTokens(body) });
  const encoded = Buffer.from(counted).toString('base64');
  return Buffer.from(JSON.stringify({ input: { invokeModel: { body: encoded } } }));
}

/**
 * A count has no `max_tokens`, and the form that Bedrock counts in wants one: the least that stands
 * above what thinking may take. It changes nothing of the number.
 */
function leastMaxTokens(body: ScannedBody): number {
  const thinking = memberOf(body, 'thinking') ?? null;
  const budget = isJsonObject(thinking) ? thinking['budget_tokens'] : undefined;
  return typeof budget === 'number' && Number.isSafeInteger(budget) && budget > 0 ? budget + 1 : 1;
}

const BETA_HEADER = 'anthropic-beta';

/** The betas of the body, where it has them, and of the header; each once. */
function betasOf(body: ScannedBody, headers: HeaderList): readonly JsonValue[] {
  const written = memberOf(body, 'anthropic_beta');
  const betas = new Set<JsonValue>(Array.isArray(written) ? (written as JsonValue[]) : []);
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] !== BETA_HEADER) continue;
    for (const name of (headers[at + 1] ?? '').split(',')) {
      if (name.trim() !== '') betas.add(name.trim());
    }
  }
  return [...betas];
}
