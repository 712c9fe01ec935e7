import type { PublicOperation } from './public-openapi-operation.ts';
import { json, named } from './public-openapi-operation.ts';

/** A request of several steps, on a gateway's URL and as the binding calls it. */
export const universalOperation: PublicOperation = {
  id: 'runUniversal',
  tag: 'gateway-urls',
  summary: 'Ask several ways one after the other: the first that succeeds answers.',
  detail:
    'The answer is that of the provider of the step, whose place `cf-aig-step` says. Each step has a form of its own.',
  access: 'gateway',
  body: [
    json(named('UniversalRequest'), [
      {
        provider: 'anthropic',
        endpoint: 'v1/messages',
        headers: { 'anthropic-version': '2023-06-01' },
        query: {
          model: 'claude-sonnet-4-6',
          max_tokens: 256,
          messages: [{ role: 'user', content: 'Hello!' }],
        },
      },
    ]),
  ],
  answers: [json({ type: 'object' }), { type: 'text/event-stream' }],
  errors: 'GatewayError',
};
