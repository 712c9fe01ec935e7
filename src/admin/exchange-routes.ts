import { z } from 'zod';
import type { ApiRoute } from './api-route.ts';
import { readRoute } from './api-route.ts';
import { exchangeShape, liveShape } from './exchange-shapes.ts';
import { idField } from './field-schemas.ts';
import { showExchange } from './show-exchange.ts';
import { showLive } from './show-live.ts';

const access = { kind: 'admin' } as const;

/** Single requests with all that is known of them, and the last minutes. */
export const exchangeRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: '/admin/v1/requests/{request}/exchange',
    operationId: 'getExchange',
    summary:
      'One request with its attempts, what was said where that is stored, its money and why.',
    access,
    params: z.object({ request: idField }),
    answer: exchangeShape,
    read: ({ parts, params: { request } }) => showExchange(parts, request),
  }),
  readRoute({
    method: 'GET',
    path: '/admin/v1/live',
    operationId: 'getLive',
    summary: 'The last five minutes in steps of five seconds, from memory.',
    access,
    answer: liveShape,
    read: ({ parts, atMs }) => showLive(parts, atMs),
  }),
];
