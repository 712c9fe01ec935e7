import type { Refusal } from '../../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { refuseParameter } from '../refuse-parameter.ts';
import type { ChatCompletionsSettings } from '../settings.ts';

export interface DecodedStops {
  readonly body: { readonly stop_sequences?: readonly string[] };
  readonly ignored: readonly string[];
}

const STOPS_MAX: Readonly<Record<ChatCompletionsSettings['flavour'], number>> = {
  aimlapi: Infinity,
  openai: 4,
};

/** `stop` and `stop_sequences` in one list; the Messages form takes no blank ones (chat reference §2.2). */
export function decodeStops(
  given: JsonObject,
  flavour: ChatCompletionsSettings['flavour'],
): DecodedStops | Refusal {
  const stop = textsOf(given['stop']);
  if (stop.length > STOPS_MAX[flavour]) {
    return refuseParameter('stop', `at most ${String(STOPS_MAX[flavour])} sequences are taken`);
  }
  const asked = { stop, stop_sequences: textsOf(given['stop_sequences']) };
  const isBlank = (text: string): boolean => text.trim() === '';
  const kept = new Set(
    Object.values(asked)
      .flat()
      .filter((text) => !isBlank(text)),
  );
  const ignored = Object.entries(asked)
    .filter(([, texts]) => texts.length > 0 && texts.every(isBlank))
    .map(([name]) => name);
  return { body: kept.size === 0 ? {} : { stop_sequences: [...kept] }, ignored };
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
