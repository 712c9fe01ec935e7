import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type {
  ContentAction,
  ContentCheck,
  DataLossPolicy,
  DataLossRules,
  Guardrails,
  HazardRules,
} from '../policy/content-rules.ts';
import { hazardCategories } from '../policy/content-rules.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { invalidMember } from './invalid-member.ts';

/** Most policies about data of one gateway, and most profiles of one of them. */
const POLICIES_MAX = 100;
const PROFILES_MAX = 100;
const NAME_LETTERS_MAX = 128;

const actions: readonly ContentAction[] = ['FLAG', 'BLOCK'];
const checks: readonly ContentCheck[] = ['REQUEST', 'RESPONSE'];

/** Reads `guardrails` of a gateway; Workers reference §3.9. Null is none. */
export function readGuardrails(given: JsonValue | undefined): Guardrails | Refusal | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isJsonObject(given)) return invalidMember('guardrails', 'expected an object');
  const strange = strangeIn(given, ['prompt', 'response']);
  if (strange !== undefined) return invalidMember(`guardrails.${strange}`, 'no such member');
  const prompt = readHazards(given['prompt'], 'guardrails.prompt');
  if (isRefusal(prompt)) return prompt;
  const response = readHazards(given['response'], 'guardrails.response');
  return isRefusal(response) ? response : { prompt, response };
}

function readHazards(given: JsonValue | undefined, place: string): HazardRules | Refusal {
  if (given === undefined || given === null) return {};
  if (!isJsonObject(given)) return invalidMember(place, 'expected an object');
  const strange = strangeIn(given, hazardCategories);
  if (strange !== undefined) return invalidMember(`${place}.${strange}`, 'no such category');
  const rules: Partial<Record<(typeof hazardCategories)[number], ContentAction>> = {};
  for (const category of hazardCategories) {
    const value = given[category] ?? null;
    if (value === null) continue;
    const action = actionOf(value);
    if (action === undefined)
      return invalidMember(`${place}.${category}`, 'expected FLAG or BLOCK');
    rules[category] = action;
  }
  return rules;
}

/** Reads `dlp` of a gateway, in either of its forms; Workers reference §3.9. Null is none. */
export function readDataLoss(given: JsonValue | undefined): DataLossRules | Refusal | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isJsonObject(given)) return invalidMember('dlp', 'expected an object');
  const enabled = given['enabled'];
  if (typeof enabled !== 'boolean') return invalidMember('dlp.enabled', 'expected true or false');
  return given['policies'] === undefined ? readOlder(given, enabled) : readPolicies(given, enabled);
}

/** The older form has one action for all. One that is off may leave it out. */
function readOlder(given: JsonObject, enabled: boolean): DataLossRules | Refusal | undefined {
  if (!enabled && given['action'] === undefined) return undefined;
  const strange = strangeIn(given, ['enabled', 'action', 'profiles']);
  if (strange !== undefined) return invalidMember(`dlp.${strange}`, 'no such member');
  const action = actionOf(given['action'] ?? null);
  if (action === undefined) return invalidMember('dlp.action', 'expected FLAG or BLOCK');
  const profiles = readProfiles(given['profiles'], 'dlp.profiles');
  return isRefusal(profiles) ? profiles : { enabled, action, profiles };
}

function readPolicies(given: JsonObject, enabled: boolean): DataLossRules | Refusal {
  const strange = strangeIn(given, ['enabled', 'policies']);
  if (strange !== undefined) {
    return invalidMember(`dlp.${strange}`, 'no such member beside policies');
  }
  const list = given['policies'];
  if (!Array.isArray(list) || list.length > POLICIES_MAX) {
    return invalidMember('dlp.policies', `expected a list of at most ${String(POLICIES_MAX)}`);
  }
  const policies: DataLossPolicy[] = [];
  for (const [index, member] of (list as readonly JsonValue[]).entries()) {
    const policy = readPolicy(member, `dlp.policies.${String(index)}`);
    if (isRefusal(policy)) return policy;
    policies.push(policy);
  }
  const ids = policies.map(({ id }) => id);
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (twice >= 0) return invalidMember(`dlp.policies.${String(twice)}.id`, 'there are two of it');
  return { enabled, policies };
}

function readPolicy(given: JsonValue, place: string): DataLossPolicy | Refusal {
  if (!isJsonObject(given)) return invalidMember(place, 'expected an object');
  const strange = strangeIn(given, ['id', 'action', 'check', 'enabled', 'profiles']);
  if (strange !== undefined) return invalidMember(`${place}.${strange}`, 'no such member');
  const { id, enabled, check } = given;
  if (!isName(id)) return invalidMember(`${place}.id`, nameExpected);
  const action = actionOf(given['action'] ?? null);
  if (action === undefined) return invalidMember(`${place}.action`, 'expected FLAG or BLOCK');
  if (typeof enabled !== 'boolean') {
    return invalidMember(`${place}.enabled`, 'expected true or false');
  }
  if (!Array.isArray(check) || !check.every((side) => checks.includes(side as ContentCheck))) {
    return invalidMember(`${place}.check`, 'expected a list of REQUEST and RESPONSE');
  }
  const profiles = readProfiles(given['profiles'], `${place}.profiles`);
  if (isRefusal(profiles)) return profiles;
  const sides = checks.filter((side) => (check as readonly JsonValue[]).includes(side));
  return { id, action, check: sides, enabled, profiles };
}

function readProfiles(given: JsonValue | undefined, place: string): readonly string[] | Refusal {
  if (!Array.isArray(given) || given.length > PROFILES_MAX) {
    return invalidMember(place, `expected a list of at most ${String(PROFILES_MAX)}`);
  }
  const names = given as readonly JsonValue[];
  const wrong = names.findIndex((name) => !isName(name));
  if (wrong >= 0) return invalidMember(`${place}.${String(wrong)}`, nameExpected);
  return [...new Set(names as readonly string[])];
}

const nameExpected = `expected a text of 1 to ${String(NAME_LETTERS_MAX)} letters`;

function isName(given: JsonValue | undefined): given is string {
  return typeof given === 'string' && given !== '' && given.length <= NAME_LETTERS_MAX;
}

function actionOf(given: JsonValue): ContentAction | undefined {
  return actions.find((action) => action === given);
}

function strangeIn(given: JsonObject, known: readonly string[]): string | undefined {
  return Object.keys(given).find((name) => !known.includes(name));
}
