import type { RequestPolicy } from '../config/policy-config.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { judgeModels } from './judge-models.ts';
import { dropBetas, refuseBetas } from './judge-betas.ts';
import { addDefaults, denyParameters, limitLength, limitParameters } from './judge-parameters.ts';
import type { AskedRequest, PolicyRule, RuleVerdict } from './policy-rule.ts';

function judgeSize(
  { name, body_bytes_max: most }: RequestPolicy,
  asked: AskedRequest,
): RuleVerdict {
  if (most === undefined || asked.bodyBytes <= most) return undefined;
  return tooLarge(name, most);
}

/** What a request is told whose body is larger than a policy lets it be. */
export function tooLarge(policy: string, bytesMax: number): Refusal {
  const text = `Request exceeds the maximum size: the policy "${policy}" allows ${String(bytesMax)} bytes`;
  return refusal('request_too_large', text);
}

/**
 * What is said of a request, in this order, each by every policy that is about it. What is refused
 * is refused for what the caller sent; what is limited is limited with the defaults in it. So one
 * policy more can only narrow what passes.
 */
export const policyRules: readonly PolicyRule[] = [
  { name: 'models', judge: judgeModels },
  { name: 'body_bytes_max', judge: judgeSize },
  { name: 'parameters.deny', judge: denyParameters },
  { name: 'betas', judge: refuseBetas },
  { name: 'betas.on_denied', judge: dropBetas },
  { name: 'parameters.defaults', judge: addDefaults },
  { name: 'parameters.limits.max_tokens_max', judge: limitLength },
  { name: 'parameters.limits', judge: limitParameters },
];
