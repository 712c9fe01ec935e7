import type { ExplainedRequest } from '../gateway/explain-request.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal, refusalText } from '../messages/errors.ts';
import type { ExplainVerdictAnswer } from './contract-operations.ts';

const unrefused = { stage: null, http_status: null, code: null } as const;

/** What a request comes to, in one sentence; `first` is the upstream that its plan begins with. */
export function verdictOf(
  explained: ExplainedRequest,
  first: string | undefined,
): ExplainVerdictAnswer {
  const { refused, answeredFrom } = explained;
  if (refused !== undefined) {
    const { stage, said } = refused;
    const http_status = statusOf(explained, said);
    const code = said.reason ?? said.code;
    const text = `It is refused with status ${String(http_status)}: ${refusalText(said)}`;
    return { is_sent: false, answered_from: null, stage, http_status, code, text };
  }
  if (answeredFrom !== undefined) {
    const text = textAgain(explained, answeredFrom);
    return { is_sent: false, answered_from: answeredFrom, ...unrefused, text };
  }
  if (first === undefined) {
    const http_status = statusOf(explained, refusal('unavailable'));
    const text = 'It is refused: there is no upstream that could answer it.';
    const why = { stage: 'route', http_status, code: 'unavailable' } as const;
    return { is_sent: false, answered_from: null, ...why, text };
  }
  const text = textOfPlan(explained, first);
  return { is_sent: true, answered_from: 'upstream', ...unrefused, text };
}

/** Some forms have a status of their own for what they refuse. */
function statusOf({ at: { request } }: ExplainedRequest, said: Refusal): number {
  return request.dialect.encodeError(said, request.id).status;
}

function textAgain(
  { key, at }: ExplainedRequest,
  from: NonNullable<ExplainedRequest['answeredFrom']>,
): string {
  if (from === 'idempotency') {
    const first = key?.kind === 'repeats' ? ` "${key.requestId}"` : '';
    return `It gets the answer of the request${first} again, by its idempotency key, and nobody is asked.`;
  }
  const gateway = 'gateway' in at ? at.gateway?.policy.id : undefined;
  return `It is answered from the cache of the AI gateway "${gateway ?? ''}", and nobody is asked.`;
}

function textOfPlan({ plan, at }: ExplainedRequest, first: string): string {
  const others = new Set(plan?.targets.slice(1).map(({ upstream }) => upstream.name));
  others.delete(first);
  const route = plan?.route === undefined ? 'by no route' : `by the route "${plan.route}"`;
  const edits = 'edits' in at ? (at.edits ?? []) : [];
  const edited = edits.length > 0 ? `, edited (${edits.join(', ')})` : '';
  const names = [...others].map((name) => `"${name}"`).join(', ');
  const next = others.size === 0 ? '' : `, and after it to ${names}`;
  return `It goes to the upstream "${first}" ${route}${edited}${next}.`;
}
