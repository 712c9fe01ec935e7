import { membersIn, spliceBytes, withoutItems } from '../std/edit-json.ts';
import { findJsonValues } from '../std/find-json-values.ts';
import type { JsonWanted } from '../std/find-json-values.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { JsonSpan } from '../std/scan-json.ts';
import type { DecodedExchange } from './exchange.ts';

/** What Claude Code's own note on its billing begins with: a text block of `system`, lessons C.4. */
const MARK = 'x-anthropic-billing-header:';

/**
 * The same request without that note, which differs from one request to the next near the front of
 * the prompt: caches of other engines than Anthropic's would find nothing behind it.
 */
export function stripBillingHeader<Asked extends DecodedExchange>(exchange: Asked): Asked {
  const { call, walk, request, edits = [] } = exchange;
  const { body } = call.request;
  const stripped = withoutBillingHeader(body);
  if (stripped === body) return exchange;
  const edit = 'billing-header-stripped';
  walk.log.info('request_edited', { requestId: request.id, edit });
  return {
    ...exchange,
    call: { ...call, request: { ...call.request, body: stripped } },
    edits: edits.includes(edit) ? edits : [...edits, edit],
  };
}

const systemBlocks: JsonWanted = {
  isWanted: (place) => place.length === 1,
  mayHold: (place) => place.length === 0,
};

/** The body without the block; the body itself where it has none. */
export function withoutBillingHeader(body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (!bytes.includes(MARK)) return body;
  const system = membersIn(body)?.get('system');
  if (system === undefined) return body;
  const blocks = blocksOf(body, system);
  const index = blocks.findIndex((span) => isBillingHeader(body, span));
  return index < 0 ? body : spliceBytes(body, withoutItems(blocks, new Set([index])));
}

/** Where the blocks of `system` stand; none where it is no list of objects alone. */
function blocksOf(body: Uint8Array, { start, end }: JsonSpan): readonly JsonSpan[] {
  const bytes = body.subarray(start, end);
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind !== 'value' || !Array.isArray(parsed.value)) return [];
  const found = findJsonValues(bytes, systemBlocks) ?? [];
  if (found.length !== parsed.value.length) return [];
  return found.map(({ span }) => ({ start: start + span.start, end: start + span.end }));
}

function isBillingHeader(body: Uint8Array, { start, end }: JsonSpan): boolean {
  const parsed = parseJson(textOf(body, start, end));
  if (parsed.kind !== 'value' || !isJsonObject(parsed.value)) return false;
  const { type, text } = parsed.value;
  return type === 'text' && typeof text === 'string' && text.startsWith(MARK);
}
