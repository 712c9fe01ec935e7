import type { Refusal } from '../../../messages/errors.ts';
import { isRefusal } from '../../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import type { ChatParameter } from './chat-parameter.ts';
import { chatParameters } from '../parameters.ts';
import { checkParameter, refuseParameter } from '../refuse-parameter.ts';

/** What the table says of a request by itself; the rest is for those who know how parameters go together. */
export interface ReadParameters {
  /** The parts of the Messages body that parameters are by themselves. */
  readonly body: JsonObject;
  /** Names of those that had no effect, unknown ones too. */
  readonly ignored: readonly string[];
}

const byName = new Map(chatParameters.map((parameter) => [parameter.name, parameter]));

/** Walks the table: types, required members, what is refused, what is ignored (chat reference §2.1, §2.2). */
export function readParameters(given: JsonObject): ReadParameters | Refusal {
  let body: JsonObject = {};
  const ignored: string[] = [];
  for (const parameter of chatParameters) {
    const value = given[parameter.name];
    const read = value === undefined ? readAbsent(parameter) : readOne(parameter, value, given);
    if (read === 'no effect') {
      ignored.push(parameter.name);
      continue;
    }
    if (isRefusal(read)) return read;
    body = { ...body, ...read };
  }
  const unknown = Object.keys(given).filter((name) => !byName.has(name));
  return { body, ignored: [...ignored, ...unknown] };
}

function readAbsent({ name, isRequired }: ChatParameter): JsonObject | Refusal {
  return isRequired === true
    ? refuseParameter(name, 'Field required', 'missing_required_parameter')
    : {};
}

function readOne(
  parameter: ChatParameter,
  value: JsonValue,
  given: JsonObject,
): JsonObject | 'no effect' | Refusal {
  const { name, posture, schema, refuses, needs, idle = [], alone } = parameter;
  const wrong = schema === undefined ? undefined : checkParameter(schema, value, name);
  if (wrong !== undefined) return wrong;
  const issue = refuses?.(value);
  if (issue !== undefined) return refuseParameter(name, issue, 'unsupported_value');
  if (idle.includes(value)) return {};
  if (needs !== undefined && given[needs.name] !== needs.value) {
    return refuseParameter(
      name,
      `only allowed when \`${needs.name}\` is ${JSON.stringify(needs.value)}`,
    );
  }
  if (posture === 'ignored') return 'no effect';
  return alone === undefined ? {} : (alone(value) ?? 'no effect');
}
