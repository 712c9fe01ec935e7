import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { LogDimension } from '../policy/gateway-log.ts';
import { logDimensions } from '../policy/gateway-log.ts';
import type { ApiAnswer, ApiCall, ApiRoute } from './api-route.ts';
import { encodeGroup } from './encode-log.ts';
import { invalidInQuery } from './invalid-in-query.ts';
import { findLogs } from './log-routes.ts';
import { readLogSelection, readWhole } from './read-log-listing.ts';

const GROUPS_DEFAULT = 1000;
const GROUPS_MAX = 10_000;

/** What the logs of a gateway amount to, counted by what they have in common. */
export const analyticsRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/client/v4/accounts/{account}/ai-gateway/gateways/{gateway}/analytics',
    face: 'account',
    answer: countLogs,
  },
];

async function countLogs(call: ApiCall): Promise<ApiAnswer | Refusal> {
  const found = await findLogs(call);
  if (isRefusal(found)) return found;
  const { query } = call;
  const dimensions = readDimensions(query.get('dimensions') ?? '');
  if ('code' in dimensions) return dimensions;
  const limit = readWhole(query, 'limit', { absent: GROUPS_DEFAULT, most: GROUPS_MAX });
  if (typeof limit !== 'number') return limit;
  const selection = readLogSelection(query, found.gateway);
  if (isRefusal(selection)) return selection;
  const groups = await found.logs.count({ ...selection, dimensions, limit });
  return { kind: 'result', result: groups.map((group) => encodeGroup(group)) };
}

function readDimensions(text: string): readonly LogDimension[] | Refusal {
  const names = [...new Set(text.split(',').filter((name) => name !== ''))];
  return names.every((name) => isLogDimension(name))
    ? names
    : invalidInQuery('dimensions', `some of ${logDimensions.join(', ')}`);
}

function isLogDimension(name: string): name is LogDimension {
  return (logDimensions as readonly string[]).includes(name);
}
