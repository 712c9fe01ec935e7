import type { MessagesEvent } from '../../messages/events.ts';
import { eventText } from '../../messages/events.ts';
import { expandMessage } from '../../messages/expand-message.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { Message } from '../../messages/response.ts';
import type { JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import { editMembers } from '../edit-members.ts';
import type { HostDecoded } from '../host-upstream.ts';
import type { ScannedBody } from '../scanned-body.ts';
import { memberOf, scanBody } from '../scanned-body.ts';

/** An answer says that it failed below a status that says nothing of the kind. */
const FAILED_STATUS = 502;
/** The envelope of the API, and the one that a run may have in it. */
const ENVELOPES_MAX = 2;

/**
 * The message of an answer in one piece: by itself, or as the `result` of an envelope (Workers
 * reference §2.2). What the gateway adds to it does not belong to the form.
 */
export function decodeRunAnswer(bytes: Uint8Array, asksStream: boolean): HostDecoded | Refusal {
  let body = scanBody(bytes);
  for (let envelope = 0; body !== undefined && envelope < ENVELOPES_MAX; envelope += 1) {
    if (memberOf(body, 'success') === false || memberOf(body, 'state') === 'Failed') {
      return { kind: 'host-error', error: { status: FAILED_STATUS, text: textOf(body.bytes) } };
    }
    const result = body.members.get('result');
    if (result === undefined) break;
    body = scanBody(body.bytes.subarray(result.start, result.end));
  }
  if (body === undefined || memberOf(body, 'type') !== 'message') {
    return refusal('upstream_failed', 'The upstream sent an answer that is no message.');
  }
  const message = withoutMetadata(body);
  if (!asksStream) return { kind: 'decoded', body: message, isEventStream: false };
  return streamOf(message);
}

/** The counts of cached tokens may stand beside the usage, whose schema has no room for them. */
function withoutMetadata(body: ScannedBody): Uint8Array {
  const metadata = memberOf(body, 'gatewayMetadata');
  if (metadata === undefined) return body.bytes;
  const more = isJsonObject(metadata) ? metadata['usage'] : undefined;
  const usage = memberOf(body, 'usage');
  const replace = isJsonObject(more) && isJsonObject(usage) ? { usage: { ...more, ...usage } } : {};
  return editMembers(body, { remove: ['gatewayMetadata'], replace });
}

/** Blocks that are streamed in pieces; one that nobody knows yet is there at the start. */
const streamedTypes: ReadonlySet<unknown> = new Set([
  'text',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'server_tool_use',
]);

/** Some models answer in one piece although a stream was asked for (Workers reference §2.2). */
function streamOf(bytes: Uint8Array): HostDecoded | Refusal {
  const parsed = parseJson(textOf(bytes));
  const message = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
  const { content, usage } = message;
  if (!Array.isArray(content) || !isJsonObject(usage)) {
    return refusal('upstream_failed', 'The upstream sent a message without content or usage.');
  }
  const events: readonly MessagesEvent[] = expandMessage(message as unknown as Message, {
    cutText: (text) => [text],
    cutJson: (json) => [json],
    startOutputTokens: 1,
    isPrepopulated: !(content as readonly JsonValue[]).every((block) => isStreamed(block)),
  });
  const text = events.map((event) => eventText(event)).join('');
  return { kind: 'decoded', body: Buffer.from(text), isEventStream: true };
}

function isStreamed(block: JsonValue): boolean {
  return isJsonObject(block) && streamedTypes.has(block['type']);
}
