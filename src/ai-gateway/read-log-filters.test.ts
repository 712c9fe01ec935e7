import { describe, expect, test } from 'vitest';
import type { LogFilter } from '../policy/gateway-log.ts';
import { readLogFilters } from './read-log-filters.ts';
import { readLogSelection } from './read-log-listing.ts';

const read = (query: string): ReturnType<typeof readLogFilters> =>
  readLogFilters(new URLSearchParams(query));
const filter = (
  key: LogFilter['key'],
  operator: LogFilter['operator'],
  ...values: LogFilter['values']
): LogFilter => ({ key, operator, values });

describe('filters', () => {
  const two = [filter('model', 'eq', 'a', 'b'), filter('cost', 'gt', 1)];
  const listed = [
    { key: 'model', operator: 'eq', value: ['a', 'b'] },
    { key: 'cost', operator: 'gt', value: 1 },
  ];

  test.each([
    ['JSON', `filters=${encodeURIComponent(JSON.stringify(listed))}`],
    [
      'JSON in pieces',
      listed.map((one) => `filters[]=${encodeURIComponent(JSON.stringify(one))}`).join('&'),
    ],
    [
      'one after the other',
      'filters.key=model&filters.operator=eq&filters.value=a&filters.value=b&filters.key=cost&filters.operator=gt&filters.value=1',
    ],
    [
      'brackets in any order',
      'filters[1][value]=1&filters[0][value]=a&filters[0][key]=model&filters[1][operator]=gt&filters[0][value]=b&filters[1][key]=cost',
    ],
    [
      'brackets and dots',
      'filters[0].key=model&filters[0].value[0]=a&filters[0].value[]=b&filters[1].key=cost&filters[1].operator=gt&filters[1].value=1',
    ],
    [
      'brackets without numbers',
      'filters[][key]=model&filters[][value][]=a&filters[][value][]=b&filters[][key]=cost&filters[][operator]=gt&filters[][value]=1',
    ],
  ])('as %s', (_name, query) => {
    const filters = read(query);
    expect(filters).toEqual(expect.arrayContaining(two));
    expect(filters).toHaveLength(2);
  });

  test.each<[string, LogFilter]>([
    ['success&filters.value=true', filter('success', 'eq', 1)],
    ['cached&filters.value=0', filter('cached', 'eq', 0)],
    ['tokens&filters.value=', filter('tokens', 'eq', null)],
    [
      'created_at&filters.operator=gt&filters.value=2026-11-17T08:00:00Z',
      filter('created_at', 'gt', Date.UTC(2026, 10, 17, 8)),
    ],
    ['created_at&filters.value=1767225600000', filter('created_at', 'eq', 1_767_225_600_000)],
    ['cost&filters.operator=contains&filters.value=0.5', filter('cost', 'contains', '0.5')],
    ['metadata.value&filters.value=3', filter('metadata.value', 'eq', '3')],
    ['metadata.value&filters.operator=gt&filters.value=3', filter('metadata.value', 'gt', 3)],
    ['metadata.value&filters.operator=gt&filters.value=b', filter('metadata.value', 'gt', 'b')],
  ])('have values of their key: %s', (query, expected) => {
    expect(read(`filters.key=${query}`)).toEqual([expected]);
  });

  test.each([
    ['filters=', 'filters'],
    ['filters=[1]', 'filters'],
    ['filters.value=1', 'filters[0].key'],
    ['filters.key=__proto__&filters.value=1', 'filters[0].key'],
    ['filters.key=model&filters.operator=like&filters.value=1', 'filters[0].operator'],
    ['filters.key=model', 'filters[0].value'],
    [`filters.key=model&filters.value=${'x'.repeat(1025)}`, 'filters[0].value'],
    [`filters.key=id${'&filters.value=x'.repeat(51)}`, 'filters[0].value'],
    ['filters=[{"key":"cost","value":[true]}]', 'filters[0].value'],
    ['filters=[{"key":"model","value":[{}]}]', 'filters[0].value'],
    ['filters.key=created_at&filters.value=yesterday', 'filters[0].value'],
    ['filters.key=id&filters.value=x&'.repeat(21), 'filters'],
  ])('are refused with their place: %#', (query, place) => {
    expect(read(query)).toMatchObject({ code: 'invalid_request', param: place });
  });
});

describe('parameters of their own', () => {
  const select = (query: string): ReturnType<typeof readLogSelection> =>
    readLogSelection(new URLSearchParams(query), { account: 'a', gatewayId: 'g' });

  test.each<[string, LogFilter]>([
    ['model=m', filter('model', 'eq', 'm')],
    ['success=false', filter('success', 'eq', 0)],
    ['feedback=0', filter('feedback', 'eq', -1)],
    ['min_cost=0.5', filter('cost', 'gte', 0.5)],
    ['max_total_tokens=9', filter('tokens', 'lte', 9)],
    ['start_date=2026-01-01', filter('created_at', 'gte', Date.UTC(2026, 0, 1))],
  ])('are filters: %s', (query, expected) => {
    expect(select(query)).toMatchObject({ filters: [expected] });
  });

  test.each([
    'success=1',
    'feedback=2',
    'feedback=constructor',
    'feedback=__proto__',
    'min_cost=much',
    'end_date=soon',
    `search=${'x'.repeat(257)}`,
  ])('are refused by their name: %s', (query) => {
    expect(select(query)).toMatchObject({ param: query.slice(0, query.indexOf('=')) });
  });

  test.each([
    ['of the same name', 'model=a&'.repeat(101)],
    [
      'of filters',
      Array.from({ length: 3 }, () => `filters.key=id${'&filters.value=x'.repeat(34)}`).join('&'),
    ],
  ])('are at most a hundred, one by one or together: %s', (_name, query) => {
    expect(select(query)).toMatchObject({ code: 'invalid_request', param: 'filters' });
  });
});
