import { expect, test } from 'vitest';
import type { ExplainQuestion } from '../../../../src/admin/contract-operations.ts';
import type { ExplainTexts } from './explain-question.ts';
import { noTexts, questionOf } from './explain-question.ts';

const model = 'claude-sonnet-4-6';
const cached = { gateway: 'shop', cache: 'skip', cacheSeconds: '60', cacheName: 'menu' };

test.each<[string, Partial<ExplainTexts>, ExplainQuestion]>([
  ['nothing but the model', {}, { form: 'messages', model }],
  ['nothing at all', { model: '' }, { form: 'messages' }],
  [
    'who sends it, and to whom',
    { account: 'team', key: 'abcdefghij', upstream: 'b' },
    { form: 'messages', model, account: 'team', key: 'abcdefghij', upstream: 'b' },
  ],
  [
    'headers, a line each',
    { headers: 'X-Team: red\nno header\nx-time: 12:30' },
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
  expect(questionOf({ ...noTexts, ...texts }, undefined)).toEqual(question);
});

test('a body goes with it', () => {
  const body = { max_tokens: 5 };
  expect(questionOf(noTexts, body)).toEqual({ form: 'messages', model, body });
});
