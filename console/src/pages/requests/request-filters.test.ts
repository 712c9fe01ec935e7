import { expect, test } from 'vitest';
import { askedRequests } from './request-filters.ts';

const given = (query: object): object =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));

test.each([
  [{}, {}],
  [
    { form: 'messages', gateway: 'search', stream: 'false' },
    { form: 'messages', gateway: 'search', stream: 'false' },
  ],
  [{ min_ms: '1500' }, { min_ms: '1500' }],
  [{ cost_min: '0.01' }, { cost_min_nano: '10000000' }],
  [{ follow: '1', tab: 'x' }, {}],
])('%j asks the admin API for %j', (search, query) => {
  const asked = askedRequests(search);
  expect([given(asked.query), asked.problem]).toEqual([query, undefined]);
});

test.each([
  [{ min_ms: 'soon' }, /duration/],
  [{ min_ms: '-1' }, /duration/],
  [{ min_ms: '1234567890' }, /duration/],
  [{ cost_min: 'much' }, /cost/],
  [{ cost_min: 'much', min_ms: '1.5' }, /cost.+duration/],
])('%j narrows nothing, and says so', (search, problem) => {
  const asked = askedRequests({ ...search, form: 'messages' });
  expect(given(asked.query)).toEqual({ form: 'messages' });
  expect(asked.problem).toMatch(problem);
});
