import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { AccessPolicy, PolicyAction } from './access-policy.ts';
import { readPolicyCondition } from './read-policy-condition.ts';
import { invalidAt } from './route-condition.ts';
import type { CalendarUnit } from './spend-window.ts';
import { calendarUnits } from './spend-window.ts';

const namePattern = /^[^\p{Cc}]{1,128}$/u;
const actorPattern = /^[A-Za-z0-9_.*-]{1,128}$/;
const resourcePattern = /^[A-Za-z0-9_.*:@-]{1,128}\/[A-Za-z0-9_.*:@-]{1,128}$/;
const LIMIT_USD_MAX = 1e9;

/** Reads a policy as it is sent, or as it was stored; Workers reference §3.6. */
export function readAccessPolicy(given: JsonObject): AccessPolicy | Refusal {
  const { name, enabled = true, actor = '*', resource = '*/*', condition } = given;
  if (typeof name !== 'string' || !namePattern.test(name)) {
    return invalidAt('name', 'expected 1 to 128 letters');
  }
  if (typeof enabled !== 'boolean') return invalidAt('enabled', 'expected true or false');
  if (typeof actor !== 'string' || !actorPattern.test(actor)) {
    return invalidAt('actor', 'expected the public id of a key, with * for any letters');
  }
  if (typeof resource !== 'string' || !resourcePattern.test(resource)) {
    return invalidAt('resource', 'expected provider/model, with * for any letters but a slash');
  }
  const action = readAction(given['action']);
  if (isRefusal(action)) return action;
  const said = readCondition(condition ?? '');
  if (isRefusal(said)) return said;
  return { kind: 'policy', name, isEnabled: enabled, actor, resource, action, ...said.condition };
}

interface GivenCondition {
  readonly kind: 'condition';
  readonly condition: Pick<AccessPolicy, 'condition' | 'conditionText'>;
}

function readCondition(text: JsonValue): GivenCondition | Refusal {
  if (typeof text !== 'string') return invalidAt('condition', 'expected a text');
  if (text === '') {
    return { kind: 'condition', condition: { conditionText: undefined, condition: undefined } };
  }
  const condition = readPolicyCondition(text);
  return isRefusal(condition)
    ? condition
    : { kind: 'condition', condition: { conditionText: text, condition } };
}

function readAction(given: JsonValue | undefined): PolicyAction | Refusal {
  if (given === 'allow' || given === 'block') return { kind: given };
  if (!isJsonObject(given) || given['type'] !== 'cap') {
    return invalidAt('action', 'expected allow, block or {"type": "cap", "limit": …, "window": …}');
  }
  const { limit, window } = given;
  if (typeof limit !== 'number' || !(limit > 0 && limit <= LIMIT_USD_MAX)) {
    return invalidAt('action/limit', 'expected USD above 0');
  }
  const unit: CalendarUnit | undefined = calendarUnits.find((known) => known === window);
  if (unit === undefined) {
    return invalidAt('action/window', `expected one of ${calendarUnits.join(', ')}`);
  }
  return { kind: 'cap', limitUsd: limit, unit };
}

/** A policy as it is sent and shown. */
export function encodeAccessPolicy(policy: AccessPolicy): JsonObject {
  const { name, isEnabled, actor, resource, conditionText, action } = policy;
  return {
    name,
    enabled: isEnabled,
    actor,
    resource,
    condition: conditionText ?? null,
    action:
      action.kind === 'cap'
        ? { type: 'cap', limit: action.limitUsd, window: action.unit }
        : action.kind,
  };
}
