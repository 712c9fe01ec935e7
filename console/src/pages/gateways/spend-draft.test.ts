import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../format/json-value.ts';
import {
  filterValues,
  isSaidByLines,
  metadataIn,
  metadataText,
  newRule,
  spendIn,
  withFilter,
  withSpend,
} from './spend-draft.ts';

test.each<[string, JsonObject, boolean, number]>([
  ['absent', {}, false, 0],
  ['null', { spend_limits: null }, false, 0],
  ['on where they do not say', { spend_limits: { rules: [{ id: 'a' }] } }, true, 1],
  ['off', { spend_limits: { enabled: false, rules: [{ id: 'a' }] } }, false, 1],
])('spend limits are shown: %s', (_name, settings, isEnabled, count) => {
  const draft = spendIn(settings);
  expect([draft.isEnabled, draft.rules.length]).toEqual([isEnabled, count]);
});

test('limits that limit nothing leave the settings', () => {
  const rules = [newRule([])];
  expect(withSpend({ a: 1 }, { isEnabled: true, rules })).toEqual({
    a: 1,
    spend_limits: { enabled: true, rules },
  });
  expect(withSpend({ a: 1, spend_limits: {} }, { isEnabled: false, rules: [] })).toEqual({ a: 1 });
});

test('a filter without values is none', () => {
  const rule = withFilter(newRule([]), 'model', ['a', 'b']);
  expect(rule).toMatchObject({ model: { mode: 'filter', values: ['a', 'b'] } });
  expect(filterValues(rule, 'model')).toEqual(['a', 'b']);
  expect(filterValues(rule, 'provider')).toEqual([]);
  expect(withFilter(rule, 'model', [])).not.toHaveProperty('model');
});

describe('filters by metadata', () => {
  const filters = {
    plan: { mode: 'filter', values: ['pro', 'team = b'] },
    user_id: { mode: 'partition' },
  } as const;
  const text = 'plan = pro\nplan = team = b\nuser_id';

  test('are said by lines, and read of them', () => {
    expect(metadataText(filters)).toBe(text);
    expect(metadataIn(text)).toEqual(filters);
    expect(metadataIn('\n plan=pro \n\nplan=\n')).toEqual({
      plan: { mode: 'filter', values: ['pro'] },
    });
  });

  test.each<[string, JsonObject | undefined, boolean]>([
    ['absent', undefined, true],
    ['both kinds', filters, true],
    ['a name with an equals sign', { 'a=b': { mode: 'partition' } }, false],
    ['a value with room around it', { a: { mode: 'filter', values: [' b'] } }, false],
    ['a filter without values', { a: { mode: 'filter', values: [] } }, false],
    ['a mode that is none', { a: { mode: 'other' } }, false],
  ])('can be said by lines or not: %s', (_name, metadata, isSaid) => {
    expect(isSaidByLines(metadata)).toBe(isSaid);
  });
});
