import { expect, test } from 'vitest';
import { describeStatus } from './describe-status.ts';

test.each([
  ['running', null, null, { text: 'Running', tone: 'info' }],
  ['unresolved', null, null, { text: 'Unresolved', tone: 'warn' }],
  ['released', null, null, { text: 'Released', tone: 'neutral' }],
  ['settled', 200, null, { text: '200', tone: 'good' }],
  ['settled', 200, 'client_gone', { text: '200 left', tone: 'warn' }],
  ['settled', 200, 'upstream_truncated', { text: '200 broken', tone: 'bad' }],
  ['settled', 499, 'client_gone', { text: '499', tone: 'warn' }],
  ['settled', 529, 'overloaded', { text: '529', tone: 'bad' }],
] as const)('%s with %s and %s is %j', (status, code, error, shown) => {
  expect(describeStatus({ status, http_status: code, error })).toEqual(shown);
});
