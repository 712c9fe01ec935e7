import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import { parseJson, textOf } from '../std/json.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import { scanJsonObject } from '../std/scan-json.ts';

/** What a request of its own may ask for and one of a batch may not; API reference §1.5. */
const rules: readonly {
  readonly name: string;
  readonly breaks: (value: JsonValue) => boolean;
  readonly text: string;
}[] = [
  { name: 'stream', breaks: (value) => value === true, text: ruleTexts.streamInBatch },
  { name: 'max_tokens', breaks: (value) => value === 0, text: ruleTexts.maxTokensTooFew },
  { name: 'speed', breaks: (value) => value !== null, text: ruleTexts.notInBatch('speed') },
  { name: 'fallbacks', breaks: (value) => value !== null, text: ruleTexts.notInBatch('fallbacks') },
];

/**
 * Why `params` cannot run in a batch, if that is so. Everything else about them, also whether they
 * are well-formed, is for the walk and whoever answers.
 */
export function refuseParams(params: Uint8Array, bounds: JsonBounds): Refusal | undefined {
  const scan = scanJsonObject(params, bounds);
  if (scan.kind !== 'object') return undefined;
  const broken = rules.find(({ name, breaks }) => {
    const span = scan.members.get(name);
    if (span === undefined) return false;
    const parsed = parseJson(textOf(params, span.start, span.end));
    return parsed.kind === 'value' && breaks(parsed.value);
  });
  return broken === undefined ? undefined : refusal('invalid_request', broken.text);
}
