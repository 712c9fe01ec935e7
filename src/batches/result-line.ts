import type { ErrorEnvelope } from '../messages/errors.ts';
import type { ItemOutcome } from '../messages/message-batch.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** What an outcome's `result` carries, and under which name; API reference §1.5. */
const payloadNames = { succeeded: 'message', errored: 'error' } as const;

/** One line of a batch's results, its end included. */
export function resultLine(
  customId: string,
  result:
    | { readonly outcome: keyof typeof payloadNames; readonly payload: Uint8Array }
    | { readonly outcome: Exclude<ItemOutcome, keyof typeof payloadNames> },
): Uint8Array {
  const start = `{"custom_id":${JSON.stringify(customId)},"result":{"type":"${result.outcome}"`;
  if (!('payload' in result)) return Buffer.from(`${start}}}\n`);
  const name = payloadNames[result.outcome];
  return Buffer.concat([
    Buffer.from(`${start},"${name}":`),
    onOneLine(result.payload),
    Buffer.from('}}\n'),
  ]);
}

/** An answer's bytes stay what they are, but for line ends, which in JSON stand between values only. */
function onOneLine(json: Uint8Array): Uint8Array {
  if (!json.includes(LINE_FEED) && !json.includes(CARRIAGE_RETURN)) return json;
  return json.map((byte) => (byte === LINE_FEED || byte === CARRIAGE_RETURN ? SPACE : byte));
}

/** Whether bytes are one JSON object of this `type`: what is not would break the file of results. */
export function isJsonOfType(bytes: Uint8Array, type: 'message' | ErrorEnvelope['type']): boolean {
  const parsed = parseJson(textOf(bytes));
  return parsed.kind === 'value' && isJsonObject(parsed.value) && parsed.value['type'] === type;
}
