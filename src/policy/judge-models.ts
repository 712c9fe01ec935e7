import type { RequestPolicy } from '../config/policy-config.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { matchesAnyName } from '../std/name-pattern.ts';
import { furtherPlaces, modelsIn } from './further-models.ts';
import type { AskedRequest, RuleVerdict } from './policy-rule.ts';
import { askedValue } from './policy-rule.ts';
import { refuseTwoMeanings } from './refuse-two-meanings.ts';

const MODEL_LETTERS_MAX = 128;

/** Models that may be asked, the one that a request is for and those that it names besides. */
export function judgeModels(policy: RequestPolicy, asked: AskedRequest): RuleVerdict {
  const { allow, deny } = policy.models;
  if (asked.model === undefined || (allow === undefined && deny.length === 0)) return undefined;
  if (!passes(policy, asked.models)) return denied(policy, asked.model, 'model');
  for (const place of furtherPlaces) {
    const named = modelsIn(askedValue(asked, place));
    const no = named.find((name) => !passes(policy, asked.namesOf(name)));
    if (no !== undefined) return denied(policy, no, place);
    const doubled = named.length === 0 ? undefined : refuseTwoMeanings(asked);
    if (doubled !== undefined) return doubled;
  }
  return undefined;
}

/** A denial stands whatever else allows the model. */
function passes({ models: { allow, deny } }: RequestPolicy, names: readonly string[]): boolean {
  return !matchesAnyName(deny, names) && (allow === undefined || matchesAnyName(allow, names));
}

function denied({ name }: RequestPolicy, model: string, param: string): Refusal {
  const shown = model.slice(0, MODEL_LETTERS_MAX);
  const text = `The policy "${name}" does not allow the model "${shown}".`;
  const code = 'model_not_allowed';
  return refusal('permission_denied', text, { reason: code, members: { code }, param });
}
