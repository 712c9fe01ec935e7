import type { ParameterLimits, RequestPolicy } from '../config/policy-config.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Operation } from '../messages/upstream.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { AskedRequest, RuleVerdict } from './policy-rule.ts';
import { askedValue } from './policy-rule.ts';
import { refuseTwoMeanings } from './refuse-two-meanings.ts';

/** How the length of an answer is called, where a request says it. */
const lengthNames: ReadonlyMap<Operation, string> = new Map([
  ['messages.create', 'max_tokens'],
  ['complete.create', 'max_tokens_to_sample'],
]);

/** Parameters that requests may not have. */
export function denyParameters(
  { name, parameters }: RequestPolicy,
  asked: AskedRequest,
): RuleVerdict {
  if (parameters.deny.length === 0) return undefined;
  const denied = parameters.deny.find((parameter) => isSaid(parameter, asked));
  if (denied === undefined) return undefined;
  const text = `${denied}: the policy "${name}" does not allow this parameter`;
  return refusal('invalid_request', text, { param: denied });
}

/** Whether a request has a parameter. How long its answer may be, some forms say for their callers. */
function isSaid(parameter: string, { members, lengthSaidBy }: AskedRequest): boolean {
  return parameter === 'max_tokens' ? lengthSaidBy !== 'nobody' : members().has(parameter);
}

/** Parameters that a request does not say. What it says stays, whatever it is. */
export function addDefaults(
  { parameters: { defaults } }: RequestPolicy,
  asked: AskedRequest,
): RuleVerdict {
  const names = Object.keys(defaults);
  if (names.length === 0 || asked.operation !== 'messages.create') return undefined;
  const set = new Map(Object.entries(defaults).filter(([parameter]) => !isSaid(parameter, asked)));
  if (set.size === 0) return undefined;
  return { kind: 'edit', edit: 'parameters-defaulted', fields: [...set.keys()], set };
}

/**
 * The longest answer a request may have. Who says none gets the longest there may be: left alone, an
 * engine would go by a bound of its own, or by none.
 */
export function limitLength({ name, parameters }: RequestPolicy, asked: AskedRequest): RuleVerdict {
  const { max_tokens_max: most } = parameters.limits;
  const field = lengthNames.get(asked.operation);
  if (most === undefined || field === undefined) return undefined;
  const value = askedValue(asked, field);
  if (field === 'max_tokens' && asked.lengthSaidBy !== 'caller') {
    const length = Math.min(typeof value === 'number' ? value : most, most);
    const set = new Map([[field, length]]);
    return { kind: 'edit', edit: 'parameters-defaulted', fields: [field], set };
  }
  if (typeof value !== 'number') {
    const wrong = value === undefined ? 'Field required' : 'Input should be a valid integer';
    return refusal('invalid_request', `${field}: ${wrong}`, { param: field });
  }
  return value <= most ? undefined : above({ field, value, most }, name);
}

interface Bound {
  readonly field: string;
  readonly limit: Exclude<keyof ParameterLimits, 'max_tokens_max'>;
  /** How much a request asks, by the value of its member. */
  readonly count: (value: JsonValue) => number;
  readonly path?: string;
  /** Whether it is counted further in, where the scan of a body does not look. */
  readonly isDeep?: boolean;
}

const bounds: readonly Bound[] = [
  {
    field: 'thinking',
    limit: 'thinking_budget_max',
    path: 'thinking.budget_tokens',
    isDeep: true,
    count: (value) => {
      const budget = isJsonObject(value) ? value['budget_tokens'] : undefined;
      return typeof budget === 'number' ? budget : 0;
    },
  },
  { field: 'tools', limit: 'tools_max', count: lengthOf },
  { field: 'messages', limit: 'messages_max', count: lengthOf },
  {
    field: 'messages',
    limit: 'images_max',
    path: 'messages: images',
    isDeep: true,
    count: imagesIn,
  },
];

/** How much of anything else a request may ask. */
export function limitParameters(
  { name, parameters: { limits } }: RequestPolicy,
  asked: AskedRequest,
): RuleVerdict {
  const given = bounds.filter(({ limit }) => limits[limit] !== undefined);
  if (given.length === 0) return undefined;
  const values = new Map<string, JsonValue | undefined>();
  for (const { field, limit, path = field, count } of given) {
    const most = limits[limit];
    if (!values.has(field)) values.set(field, askedValue(asked, field));
    const value = values.get(field);
    if (most === undefined || value === undefined) continue;
    const amount = count(value);
    if (amount > most) return above({ field, path, value: amount, most }, name);
  }
  return given.some(({ isDeep }) => isDeep === true) ? refuseTwoMeanings(asked) : undefined;
}

interface Excess {
  readonly field: string;
  readonly path?: string;
  readonly value: number;
  readonly most: number;
}

function above({ field, path = field, value, most }: Excess, policy: string): Refusal {
  const text = `${path}: ${String(value)} > ${String(most)}, which is the most that the policy "${policy}" allows`;
  return refusal('invalid_request', text, { param: field });
}

function lengthOf(value: JsonValue): number {
  return Array.isArray(value) ? value.length : 0;
}

/** Images of messages, of what tools gave back in them, and of documents made of blocks. */
function imagesIn(value: JsonValue | undefined): number {
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).reduce<number>((sum, item) => sum + imagesIn(item), 0);
  }
  if (!isJsonObject(value)) return 0;
  const { type, content, source } = value;
  return (type === 'image' ? 1 : 0) + imagesIn(content) + imagesIn(source);
}
