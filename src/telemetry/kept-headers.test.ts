import { expect, test } from 'vitest';
import { keptRequestHeaders, keptResponseHeaders } from './kept-headers.ts';

test('of a request no header is kept that may be a credential', () => {
  const kept = keptRequestHeaders({
    'x-api-key': 'sk-1',
    authorization: 'Bearer sk-1',
    'cf-aig-authorization': 'Bearer sk-1',
    'proxy-authorization': 'Basic sk-1',
    cookie: 'sid=sk-1',
    'x-anything': 'sk-1',
    'x-goog-api-key': 'sk-1',
    'user-agent': 'a-test/1',
    'anthropic-beta': ['one', 'two'],
    'content-type': undefined,
  });
  expect(kept).toEqual({ 'user-agent': 'a-test/1', 'anthropic-beta': 'one, two' });
});

test('of a response figures and ids are kept', () => {
  const kept = keptResponseHeaders([
    'Content-Type',
    'application/json',
    'set-cookie',
    'sid=1',
    'x-credits-charged',
    '5',
    'X-Quatrain-Request-Id',
    'req_1',
    'anthropic-organization-id',
    'org',
    'x-long',
    'y',
    'retry-after',
    'r'.repeat(2000),
  ]);
  expect(Object.keys(kept)).toEqual([
    'content-type',
    'x-credits-charged',
    'x-quatrain-request-id',
    'retry-after',
  ]);
  expect(kept['retry-after']).toHaveLength(1024);
});
