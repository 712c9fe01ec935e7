import { describe, expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import { readPolicyCondition } from './read-policy-condition.ts';
import { holds, readRouteCondition } from './route-condition.ts';

const facts: Readonly<Record<string, JsonValue>> = {
  'metadata.plan': 'pro',
  'metadata.age': 41,
  'metadata.beta': true,
  'headers.x-team': 'blue',
  'body.max_tokens': 5,
  model: 'anthropic/claude-opus-4.6',
  provider: 'anthropic',
};
const factAt = (path: string): JsonValue | undefined => facts[path];

describe('the condition of a route', () => {
  test.each<[JsonValue, boolean]>([
    [{ 'metadata.plan': 'pro' }, true],
    [{ 'metadata.plan': { $eq: 'free' } }, false],
    [{ 'metadata.plan': { $ne: 'free' } }, true],
    [{ 'metadata.none': { $ne: 'free' } }, true],
    [{ 'metadata.none': null }, true],
    [{ 'metadata.age': { $gt: 40, $lte: 41 } }, true],
    [{ 'metadata.age': { $lt: 41 } }, false],
    [{ 'metadata.age': { $gte: '40' } }, false],
    [{ 'metadata.none': { $lt: 5 } }, false],
    [{ 'metadata.plan': { $gte: 'pro' } }, true],
    [{ 'metadata.plan': { $in: ['pro', 'team'] } }, true],
    [{ 'metadata.plan': { $nin: ['pro', 'team'] } }, false],
    [{ 'metadata.beta': { $exists: true }, 'metadata.none': { $exists: false } }, true],
    [{ 'metadata.plan': { $not: { $eq: 'pro' } } }, false],
    [{ $not: { 'metadata.plan': 'free' } }, true],
    [{ $or: [{ 'headers.x-team': 'red' }, { 'body.max_tokens': 5 }] }, true],
    [{ $and: [{ 'headers.x-team': 'red' }, { 'body.max_tokens': 5 }] }, false],
    [{ $nor: [{ 'headers.x-team': 'red' }] }, true],
  ])('%j is %s', (given, expected) => {
    const condition = readRouteCondition(given, 'at');
    if (isRefusal(condition)) throw new Error(condition.detail);
    expect(holds(condition, factAt)).toBe(expected);
  });

  let deep: JsonValue = { 'metadata.plan': 'pro' };
  for (let level = 0; level < 20; level++) deep = { $not: deep };

  test.each<[JsonValue, string]>([
    [{}, 'at'],
    ['metadata.plan', 'at'],
    [{ plan: 'pro' }, 'at/plan'],
    [{ $where: 'x' }, 'at/$where'],
    [{ $or: [] }, 'at/$or'],
    [{ 'metadata.plan': { $regex: '.*' } }, 'at/metadata.plan/$regex'],
    [{ 'metadata.plan': { eq: 'pro' } }, 'at/metadata.plan/eq'],
    [{ 'metadata.plan': { $in: 'pro' } }, 'at/metadata.plan/$in'],
    [{ 'metadata.plan': { $exists: 1 } }, 'at/metadata.plan/$exists'],
    [{ 'metadata.__proto__': { $eq: {} } }, 'at/metadata.__proto__/$eq'],
  ])('%j is refused at %s', (given, place) => {
    expect(readRouteCondition(given, 'at')).toMatchObject({ param: place });
  });

  test('depth has a bound', () => {
    expect(readRouteCondition(deep, 'at')).toMatchObject({ kind: 'refusal' });
  });
});

describe('the condition of a policy', () => {
  test.each<[string, boolean]>([
    ['metadata.plan == "pro"', true],
    ["metadata.plan != 'pro'", false],
    ['metadata.age > 40 && metadata.age <= 41', true],
    ['model == "x" || provider == "anthropic" && metadata.beta == true', true],
    ['(model == "x" || provider == "anthropic") && metadata.beta == false', false],
    ['!(metadata.plan in ["free", "team"])', true],
    ['metadata.none == null', true],
    ['metadata.age == 41.0', true],
  ])('%s is %s', (text, expected) => {
    const condition = readPolicyCondition(text);
    if (isRefusal(condition)) throw new Error(condition.detail);
    expect(holds(condition, factAt)).toBe(expected);
  });

  test.each([
    '',
    'model',
    'model ==',
    'model == x',
    'model = "x"',
    '"x" == model',
    'size(model) > 3',
    'model.startsWith("a")',
    'model == "x" provider == "y"',
    '(model == "x"',
    'model in "x"',
    'model in ["x"',
    'model == "x" ; true',
    `${'!'.repeat(500)}(model == "x")`,
    `${'('.repeat(900)}model == "x"`,
    `model == "${'x'.repeat(2000)}"`,
  ])('%s is refused', (text) => {
    expect(readPolicyCondition(text)).toMatchObject({
      code: 'invalid_request',
      param: 'condition',
    });
  });
});
