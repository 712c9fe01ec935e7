import { z } from 'zod';
import type { ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import { listUpstreams, orderDrain, orderProbe } from './upstream-orders.ts';
import { probeShape, upstreamShape } from './upstream-shapes.ts';

const UPSTREAMS = '/admin/v1/upstreams';
const UPSTREAM = `${UPSTREAMS}/{upstream}`;
const access = { kind: 'admin' } as const;
const params = z.object({ upstream: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/) });

/** Upstreams: how they fare, and orders about who of them takes requests. */
export const upstreamRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: UPSTREAMS,
    operationId: 'listUpstreams',
    summary: 'Every upstream, and how it fares in this process.',
    access,
    answer: z.object({ data: z.array(upstreamShape) }),
    read: ({ parts }) => ({ data: [...listUpstreams(parts.operations)] }),
  }),
  writeRoute({
    method: 'POST',
    path: `${UPSTREAM}/drain`,
    operationId: 'drainUpstream',
    summary: 'Keeps new requests from an upstream until it is resumed, or the process ends.',
    access,
    params,
    answer: upstreamShape,
    write: ({ parts, params: { upstream } }) => orderDrain(parts.operations, upstream, 'drain'),
  }),
  writeRoute({
    method: 'POST',
    path: `${UPSTREAM}/resume`,
    operationId: 'resumeUpstream',
    summary: 'Lets requests go to a drained upstream again.',
    access,
    params,
    answer: upstreamShape,
    write: ({ parts, params: { upstream } }) => orderDrain(parts.operations, upstream, 'resume'),
  }),
  writeRoute({
    method: 'POST',
    path: `${UPSTREAM}/probe`,
    operationId: 'probeUpstream',
    summary: 'Asks an upstream now, with each of its credentials, something that costs nothing.',
    access,
    params,
    answer: probeShape,
    write: ({ parts, params: { upstream } }) => orderProbe(parts.operations, upstream),
  }),
];
