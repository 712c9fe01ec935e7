import { z } from 'zod';
import { refusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { backgroundRoute, readRoute } from './api-route.ts';
import { countUsage } from './count-usage.ts';
import { idField, pageOf } from './field-schemas.ts';
import { showRequest } from './list-requests.ts';
import { overviewQuery, overviewShape } from './overview-shapes.ts';
import {
  ownRequestQuery,
  ownUsageQuery,
  requestQuery,
  requestShape,
  usageQuery,
  usageShape,
} from './request-shapes.ts';

const admin = { kind: 'admin' } as const;
const own = {
  kind: 'account',
  keyKinds: ['inference', 'management'],
  scope: 'usage:read',
} as const;
const params = z.object({ request: idField });
/** A route of an account without one is a fault of the table; whoever asks gets nothing by it. */
const nobody = refusal('permission_denied');

/** Requests and use of every account, for the operator. */
export const adminRequestRoutes: readonly ApiRoute[] = [
  backgroundRoute({
    name: 'listRequests',
    method: 'GET',
    path: '/admin/v1/requests',
    operationId: 'listRequests',
    summary: 'Requests, newest first, failed ones too.',
    access: admin,
    query: requestQuery,
    answer: pageOf(requestShape),
    input: ({ query }) => ({ query, account: query.account }),
  }),
  readRoute({
    method: 'GET',
    path: '/admin/v1/requests/{request}',
    operationId: 'getRequest',
    summary: 'One request, while it runs and after.',
    access: admin,
    params,
    answer: requestShape,
    read: ({ parts, params: { request } }) => showRequest(parts, request, undefined),
  }),
  readRoute({
    method: 'GET',
    path: '/admin/v1/usage',
    operationId: 'countUsage',
    summary: 'What was used in up to 92 days of a calendar, by whatever is asked.',
    access: admin,
    query: usageQuery,
    answer: usageShape,
    read: ({ parts, query }) => countUsage(parts, query, query.account),
  }),
  backgroundRoute({
    name: 'countFigures',
    method: 'GET',
    path: '/admin/v1/overview',
    operationId: 'countFigures',
    summary: 'Requests, failures, tokens, costs and durations of up to 400 days, hour by hour.',
    access: admin,
    query: overviewQuery,
    answer: overviewShape,
    input: ({ parts, query }) => ({ query, profile: parts.settings().profile }),
  }),
];

/** Requests and use of the account itself. */
export const ownRequestRoutes: readonly ApiRoute[] = [
  backgroundRoute({
    name: 'listRequests',
    method: 'GET',
    path: '/v1/requests',
    operationId: 'listOwnRequests',
    summary: 'Requests of the account, newest first, failed ones too.',
    access: own,
    query: ownRequestQuery,
    answer: pageOf(requestShape),
    input: ({ query, principal }) =>
      principal === undefined ? nobody : { query, account: principal.account },
  }),
  readRoute({
    method: 'GET',
    path: '/v1/requests/{request}',
    operationId: 'getOwnRequest',
    summary: 'One request of the account: what it finally cost, once that is settled.',
    access: own,
    params,
    answer: requestShape,
    read: ({ parts, params: { request }, principal }) =>
      principal === undefined ? nobody : showRequest(parts, request, principal.account),
  }),
  readRoute({
    method: 'GET',
    path: '/v1/usage',
    operationId: 'countOwnUsage',
    summary: 'What the account used in up to 92 days of a calendar.',
    access: own,
    query: ownUsageQuery,
    answer: usageShape,
    read: ({ parts, query, principal }) =>
      principal === undefined ? nobody : countUsage(parts, query, principal.account),
  }),
];
