import type { Refusal } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import type { GatewayHeaders, GatewayOptions, ReadOptions } from './gateway-call.ts';
import { invalidOption } from './invalid-option.ts';
import type { OptionRule } from './option-rules.ts';
import { headersWithoutEffect, optionRules } from './option-rules.ts';

/** An option that was said somewhere, as the value that JSON would have. */
export interface SaidOption {
  readonly name: keyof GatewayOptions;
  /** In the caller's spelling, for the text of a refusal. */
  readonly place: string;
  /** Undefined where the text of a header is none that the option could have. */
  readonly value: JsonValue | undefined;
}

/** The options that the headers of a request ask for, within their bounds; Workers reference §3.2. */
export function readGatewayHeaders(headers: GatewayHeaders): ReadOptions | Refusal {
  return readSaid(saidInHeaders(headers), ignoredHeaders(headers));
}

/** Every option in the headers, as it was said. */
export function saidInHeaders(headers: GatewayHeaders): readonly SaidOption[] {
  const said: SaidOption[] = [];
  for (const [name, rule] of optionEntries) {
    const place = rule.headers.find((header) => typeof headers[header] === 'string');
    const text = place === undefined ? undefined : headers[place];
    if (place === undefined || typeof text !== 'string') continue;
    said.push({ name, place, value: rule.fromText(text) });
  }
  return said;
}

/** The names of headers that ask for something and have no effect. */
export function ignoredHeaders(headers: GatewayHeaders): readonly string[] {
  return headersWithoutEffect.filter((header) => headers[header] !== undefined);
}

/** Checks what was said, one value an option; the first that is wrong refuses the request. */
export function readSaid(
  said: readonly SaidOption[],
  ignoredBefore: readonly string[],
): ReadOptions | Refusal {
  const options: Partial<Record<keyof GatewayOptions, unknown>> = {};
  const ignored = [...ignoredBefore];
  for (const { name, place, value } of said) {
    const rule: OptionRule<unknown> = optionRules[name];
    const read = rule.read(value ?? NOTHING);
    if (read.kind === 'invalid') return invalidOption(place, read.expected);
    if (read.kind === 'ignored') ignored.push(ignoredName(place));
    else options[name] = read.value;
  }
  // Each value was read by the rule of its own name.
  return { kind: 'options', options: options as GatewayOptions, ignored };
}

/** Stands for what no value of the option could be: no rule takes a list. */
export const NOTHING: JsonValue = [];

const optionEntries = Object.entries(optionRules) as readonly (readonly [
  keyof GatewayOptions,
  OptionRule<unknown>,
])[];

/** A place of the body as a header can say it. */
function ignoredName(place: string): string {
  return place.replace(/^options\//, '').replaceAll('/', '.');
}
