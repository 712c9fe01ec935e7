import { expect, test } from 'vitest';
import type { ExplainQuestion } from '../../../../src/admin/contract-operations.ts';
import type { ExplainTexts } from './explain-question.ts';
import { noTexts, problemsOf, questionOf } from './explain-question.ts';

const model = 'claude-sonnet-4-6';
const cached = { gateway: 'shop', cache: 'skip', cacheSeconds: '60', cacheName: 'menu' };

test.each<[string, Partial<ExplainTexts>, ExplainQuestion]>([
  ['nothing but the model', {}, { form: 'messages', model }],
  ['nothing at all', { model: '' }, { form: 'messages' }],
  [
    'who sends it, and to whom',
    { account: 'team', key: 'abcdefghij', upstream: 'b', address: '10.0.0.1' },
    {
      form: 'messages',
      model,
      account: 'team',
      key: 'abcdefghij',
      upstream: 'b',
      address: '10.0.0.1',
    },
  ],
  [
    'headers, a line each',
    { headers: 'X-Team: red\n\n x-time : 12:30 \r' },
    { form: 'messages', model, headers: { 'x-team': 'red', 'x-time': '12:30' } },
  ],
  [
    'a field goes before a line',
    { headers: 'Idempotency-Key: typed', idempotencyKey: 'order-7' },
    { form: 'messages', model, headers: { 'idempotency-key': 'order-7' } },
  ],
  [
    'an AI gateway',
    { form: 'workers-ai', ...cached },
    {
      form: 'workers-ai',
      model,
      headers: {
        'cf-aig-gateway-id': 'shop',
        'cf-aig-skip-cache': 'true',
        'cf-aig-cache-ttl': '60',
        'cf-aig-cache-key': 'menu',
      },
    },
  ],
  ['an AI gateway where there is none', cached, { form: 'messages', model }],
])('%s', (_what, texts, question) => {
  expect(questionOf({ ...noTexts, ...texts })).toEqual(question);
});

test('a body goes with it', () => {
  const texts = { ...noTexts, body: ' {"max_tokens": 5}\n' };
  expect(questionOf(texts)).toEqual({ form: 'messages', model, body: { max_tokens: 5 } });
});

test.each<[string, Partial<ExplainTexts>, object | undefined]>([
  ['nothing typed', { body: ' \n' }, undefined],
  ['all of it right', { body: '{}', headers: 'x-team: red\n\nx-empty:' }, undefined],
  ['a list', { body: '[]' }, { body: 'This is no JSON object.' }],
  [
    'a line without a name',
    { headers: 'x-team: red\nsk-ant-api03-abcdefghij\n' },
    { headers: 'Line 2 is no header, as x-team: search.' },
  ],
  [
    'a name with a space',
    { headers: 'x team: red' },
    { headers: 'Line 1 is no header, as x-team: search.' },
  ],
])('what cannot be asked is said: %s', (_what, texts, problems) => {
  expect(problemsOf({ ...noTexts, ...texts })).toEqual(problems);
});
