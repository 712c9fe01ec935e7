import type { RequestPolicy } from '../config/policy-config.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { assert } from '../std/assert.ts';
import { membersIn, setMembers } from '../std/edit-json.ts';
import type { JsonSpan } from '../std/scan-json.ts';
import type { AskedRequest, PolicyEdit, PolicyRule } from './policy-rule.ts';
import { policyRules } from './policy-rules.ts';

/** Something that was changed, and who ordered it. */
export interface OrderedEdit {
  readonly policy: string;
  readonly edit: PolicyEdit['edit'];
  readonly fields: readonly string[];
}

/** What becomes of a request by the policies that are about it. */
export type JudgedRequest =
  | {
      readonly kind: 'passed';
      readonly asked: AskedRequest;
      readonly edits: readonly OrderedEdit[];
    }
  | {
      readonly kind: 'refused';
      readonly said: Refusal;
      readonly policy: string;
      readonly rule: string;
    };

/** Runs every rule by every policy, in their order; what one changes, the next one sees. */
export function judgeRequest(
  policies: readonly RequestPolicy[],
  asked: AskedRequest,
  rules: readonly PolicyRule[] = policyRules,
): JudgedRequest {
  const edits: OrderedEdit[] = [];
  let judged = asked;
  for (const rule of rules) {
    for (const policy of policies) {
      const verdict = rule.judge(policy, judged);
      if (verdict === undefined) continue;
      if (isRefusal(verdict)) {
        return { kind: 'refused', said: verdict, policy: policy.name, rule: rule.name };
      }
      const { edit, fields } = verdict;
      edits.push({ policy: policy.name, edit, fields });
      judged = edited(judged, verdict);
    }
  }
  return { kind: 'passed', asked: judged, edits };
}

function edited(asked: AskedRequest, { set, headers = asked.headers }: PolicyEdit): AskedRequest {
  if (set === undefined) return { ...asked, headers };
  const members = asked.members();
  assert(members.size > 0, 'a body that is edited is a JSON object');
  const body = setMembers(asked.body, members, set);
  const byPolicy = asked.lengthSaidBy === 'nobody' && set.has('max_tokens');
  const lengthSaidBy = byPolicy ? 'policy' : asked.lengthSaidBy;
  return { ...asked, headers, body, members: lookInto(body), lengthSaidBy };
}

/** Looks into a body when somebody first asks for what is in it. */
export function lookInto(body: Uint8Array): AskedRequest['members'] {
  let members: ReadonlyMap<string, JsonSpan> | undefined;
  return () => {
    members ??= membersIn(body) ?? new Map<string, JsonSpan>();
    return members;
  };
}
