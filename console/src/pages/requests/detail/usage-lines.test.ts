import { expect, test } from 'vitest';
import type { RequestAnswer, TokensAnswer } from '../../../../../src/admin/contract.ts';
import { usageLines } from './usage-lines.ts';

const usage: TokensAnswer = {
  input_tokens: 48,
  output_tokens: 215,
  cache_read_input_tokens: 4401,
  cache_creation_input_tokens: 0,
  cache_creation_5m_input_tokens: 0,
  cache_creation_1h_input_tokens: 0,
  web_search_requests: null,
};
const rates = [
  ['input', 0, '3000000000'],
  ['cache_read', 0, '300000000'],
  ['output', 0, '15000000000'],
  ['input', 200_000, '6000000000'],
] as const;
const prices = {
  model: 'claude-sonnet-4-6',
  price_version: 'pv_1',
  rates: rates.map(([name, tier, nano]) => ({
    class: name,
    tier_from_input_tokens: tier,
    nano_per_mtok: nano,
    usd_per_mtok: '',
  })),
};
const unpaid = { hold: null, entries: [], lines: [] };

function linesFor(cost: string | null, used: TokensAnswer | null = usage): readonly unknown[] {
  const request = { usage: used, cost_nano: cost } as RequestAnswer;
  return usageLines({ request, ledger: unpaid, prices }).map((line) => [
    line.name,
    line.count,
    line.nanoPerMtok,
    line.amountNano,
  ]);
}

test('what the settlement says goes before all else', () => {
  const lines = [{ class: 'output', count: '9', nano_per_mtok: '15', amount_nano: '135' }];
  const request = { usage, cost_nano: '1' } as RequestAnswer;
  expect(usageLines({ request, ledger: { ...unpaid, lines }, prices })).toEqual([
    { name: 'output', count: '9', nanoPerMtok: '15', amountNano: '135' },
  ]);
});

test('of what costs nothing no amounts are shown', () => {
  const lines = [{ class: 'output', count: '3', nano_per_mtok: '5', amount_nano: '15' }];
  const request = { usage, cost_nano: '0' } as RequestAnswer;
  expect(usageLines({ request, ledger: { ...unpaid, lines }, prices })).toEqual([
    { name: 'output', count: '3', nanoPerMtok: '5', amountNano: null },
  ]);
});

test('amounts are shown where they add up to the cost', () => {
  expect(linesFor('4689300')).toEqual([
    ['input', '48', '3000000000', '144000'],
    ['cache_read', '4401', '300000000', '1320300'],
    ['output', '215', '15000000000', '3225000'],
  ]);
});

test.each(['4689301', '0', null])('and are not where the cost is %s', (cost) => {
  expect(linesFor(cost)).toEqual([
    ['input', '48', '3000000000', null],
    ['cache_read', '4401', '300000000', null],
    ['output', '215', '15000000000', null],
  ]);
});

test('a long prompt has the rates of its tier', () => {
  const long = { ...usage, input_tokens: 200_001, cache_read_input_tokens: 0, output_tokens: 0 };
  expect(linesFor('1200006000', long)).toEqual([['input', '200001', '6000000000', '1200006000']]);
});

test('usage that nobody knows has no lines', () => {
  expect(linesFor(null, null)).toEqual([]);
});
