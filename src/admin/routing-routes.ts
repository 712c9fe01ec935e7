import { z } from 'zod';
import { explainRequest } from '../gateway/explain-request.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ApiCall, ApiRoute } from './api-route.ts';
import { readRoute } from './api-route.ts';
import type { ExplainAnswer, ExplainQuestion } from './contract-operations.ts';
import type { Refusal } from '../messages/errors.ts';
import { encodeRoute } from './encode-route.ts';
import { explainAnswer } from './explain-answer.ts';
import { askedAbout } from './explain-request-of.ts';
import { explainQuestionShape, explainShape } from './explain-shapes.ts';
import { routeShape } from './routing-shapes.ts';

const ROUTES = '/admin/v1/routes';
const access = { kind: 'admin' } as const;

/** Who answers which requests, and what would happen to one. */
export const routingRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: ROUTES,
    operationId: 'listRoutes',
    summary: 'The routes of the configuration, in their order.',
    access,
    answer: z.object({ data: z.array(routeShape), default_upstream: z.string() }),
    read: ({ parts: { operations } }) => ({
      data: operations.config().routes.map((route) => encodeRoute(route)),
      default_upstream: operations.walk.settings().upstreams.defaultName,
    }),
  }),
  {
    method: 'POST',
    path: `${ROUTES}/explain`,
    operationId: 'explainRequest',
    summary:
      'What would happen to a request: it goes through every stage, and nothing is counted, held or sent.',
    access,
    body: explainQuestionShape,
    answer: explainShape,
    // It changes nothing, so the audit log has no word of it.
    async handle(call) {
      const answer = await explain(call, call.body as ExplainQuestion);
      return isRefusal(answer) ? answer : { kind: 'answer', answer };
    },
  },
];

async function explain(call: ApiCall, question: ExplainQuestion): Promise<ExplainAnswer | Refusal> {
  const asked = askedAbout(call, question);
  if (isRefusal(asked)) return asked;
  const { operations } = call.parts;
  const { request, principal } = asked;
  const explained = await explainRequest(request, principal, operations.walk);
  return explainAnswer({ question, principal, explained }, operations);
}
