import type { ExplainedRequest } from '../gateway/explain-request.ts';
import { answeringOperations } from '../gateway/guards-answer.ts';
import { refusalText } from '../messages/errors.ts';
import type { ContentCheck, ContentRules } from '../policy/content-rules.ts';
import { dataLossPoliciesOf, hazardRulesOf } from '../policy/content-rules.ts';
import type { ContentScanner } from '../policy/content-scanner.ts';
import type { ContentReport } from '../policy/judge-content.ts';
import { emptyReport, scanQuestionOf, strictest } from '../policy/judge-content.ts';
import type { ExplainGuardrailsAnswer, ExplainTextRule } from './contract-operations.ts';

/** What the rules about texts of a request's AI gateway make of it. */
export function explainGuardrails({
  at,
  isGuarded,
  refused,
}: ExplainedRequest): ExplainGuardrailsAnswer | null {
  if (isGuarded !== true || !('call' in at) || at.gateway === undefined) return null;
  const { content: rules } = at.gateway.policy;
  const scanner = at.settings.contentScanner;
  const said = refused?.stage === 'guardrails' ? refused.said : undefined;
  // What is refused without a finding was not looked through.
  const report = said === undefined ? (at.content ?? emptyReport) : at.content;
  const isAnswered = answeringOperations.has(at.request.operation);
  const request = rulesOf(rules, 'REQUEST', scanner).map((rule) => foundIn(rule, report));
  const answer = isAnswered ? rulesOf(rules, 'RESPONSE', scanner) : [];
  if (said !== undefined) {
    const outcome = said.reason === 'scanner_unavailable' ? 'unscannable' : 'blocked';
    return { request, answer, outcome, text: refusalText(said) };
  }
  return { request, answer, ...passed({ request, answer }) };
}

type Sides = Pick<ExplainGuardrailsAnswer, 'request' | 'answer'>;

function passed({ request, answer }: Sides): Pick<ExplainGuardrailsAnswer, 'outcome' | 'text'> {
  if (request.length + answer.length === 0) {
    return { outcome: 'off', text: 'The AI gateway has no rules about texts.' };
  }
  const then =
    answer.length === 0
      ? 'its answer is not looked at.'
      : 'its answer is read whole and looked at before it goes out.';
  if (request.length === 0) return { outcome: 'passes', text: `It is not looked at; ${then}` };
  const isFound = request.some(({ is_found }) => is_found === true);
  return isFound
    ? {
        outcome: 'flagged',
        text: `Something was found that is only flagged, so it passes; ${then}`,
      }
    : { outcome: 'passes', text: `Nothing was found in it; ${then}` };
}

/** What is looked for on one side, and what becomes of a text that has it. */
function rulesOf(
  rules: ContentRules,
  check: ContentCheck,
  scanner: ContentScanner | undefined,
): readonly ExplainTextRule[] {
  const { categories, profiles } = scanQuestionOf(rules, check);
  const hazards = hazardRulesOf(rules, check);
  const policies = dataLossPoliciesOf(rules, check);
  return [
    ...categories.map((name): ExplainTextRule => ({
      kind: 'hazard',
      name,
      action: hazards[name] ?? 'FLAG',
      is_described: scanner?.categories.has(name) === true,
      is_found: null,
    })),
    ...profiles.map((name): ExplainTextRule => ({
      kind: 'data',
      name,
      action: strictest(policies.filter((policy) => policy.profiles.includes(name))),
      is_described: scanner?.profiles.has(name) === true,
      is_found: null,
    })),
  ];
}

function foundIn(rule: ExplainTextRule, report: ContentReport | undefined): ExplainTextRule {
  if (report === undefined) return rule;
  const { kind, name } = rule;
  const { hazards, dataLoss } = report;
  const is_found =
    kind === 'hazard'
      ? hazards.some(({ category, check }) => check === 'REQUEST' && category === name)
      : dataLoss.some(({ profile, check }) => check === 'REQUEST' && profile === name);
  return { ...rule, is_found };
}
