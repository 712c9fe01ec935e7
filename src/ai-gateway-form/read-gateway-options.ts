import type { Refusal } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { GatewayHeaders, GatewayOptions, ReadOptions } from './gateway-call.ts';
import type { OptionRule } from './option-rules.ts';
import { optionRules } from './option-rules.ts';
import type { SaidOption } from './read-gateway-headers.ts';
import { NOTHING, ignoredHeaders, readSaid, saidInHeaders } from './read-gateway-headers.ts';

/** Where the options of a run have them, for the text of a refusal. */
const PLACE = 'options/gateway';

/**
 * The options that a run of the binding asks for: those of its body's `options.gateway`, and over
 * them those of its headers. Workers reference §1.3.
 */
export function readGatewayOptions(
  given: JsonObject,
  headers: GatewayHeaders,
): ReadOptions | Refusal {
  const above = saidInHeaders(headers);
  const isAbove = new Set(above.map(({ name }) => name));
  const below = saidInBody(given).filter(({ name }) => !isAbove.has(name));
  return readSaid([...below, ...above], ignoredHeaders(headers));
}

function saidInBody(given: JsonObject): readonly SaidOption[] {
  const said: SaidOption[] = [];
  for (const [name, { path }] of Object.entries(optionRules) as readonly (readonly [
    keyof GatewayOptions,
    OptionRule<unknown>,
  ])[]) {
    if (path === undefined) continue;
    const value = valueAt(given, path);
    // A member that is null was not said: clients spell out what they leave open.
    if (value === undefined || value === null) continue;
    said.push({ name, place: [PLACE, ...path].join('/'), value });
  }
  return said;
}

function valueAt(given: JsonObject, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = given;
  for (const name of path) {
    if (at === undefined || at === null) return undefined;
    if (!isJsonObject(at)) return NOTHING;
    at = Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}
