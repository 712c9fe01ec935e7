import type { Upstream } from '../../src/messages/upstream.ts';
import type { Route, RouteCandidate, RouteQuestion } from '../../src/routing/route-table.ts';

/** Parts of plans that are made without a gateway. */

/** An upstream that is only planned with. */
export function upstreamOf(name: string, credential?: number): Upstream {
  return {
    name,
    ...(credential === undefined ? {} : { credential }),
    keepsAccountResources: false,
    seesGatewayFiles: false,
    send: () => {
      throw new Error('a plan asks nobody');
    },
    close: () => Promise.resolve(),
  };
}

/** A candidate of so many credentials. */
export function candidateOf(
  name: string,
  change: Partial<RouteCandidate> & { readonly credentials?: number } = {},
): RouteCandidate {
  const { credentials = 1, ...more } = change;
  const pool =
    credentials === 1
      ? [upstreamOf(name)]
      : Array.from({ length: credentials }, (_, at) => upstreamOf(name, at));
  return { pool, weight: 1, when: {}, ...more };
}

export function routeOf(change: Partial<Route> = {}): Route {
  return {
    name: 'main',
    when: {},
    targets: [candidateOf('a')],
    fallbacks: [],
    attemptsMax: 3,
    keepsConversations: true,
    ...change,
  };
}

export function questionOf(change: Partial<RouteQuestion> = {}): RouteQuestion {
  return {
    model: 'claude-sonnet-4-6',
    modelId: 'claude-sonnet-4-6',
    account: 'acme',
    keyId: 'key',
    bodyBytes: 10,
    header: () => undefined,
    has: () => false,
    mayAnswer: () => true,
    conversation: () => 'conversation',
    draw: () => 0.5,
    ...change,
  };
}
