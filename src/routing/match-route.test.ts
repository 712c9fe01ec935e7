import { describe, expect, test } from 'vitest';
import { matchesRoute, unmet } from './match-route.ts';
import { questionOf, routeOf } from '../../test/support/planned-routes.ts';
import type { RouteConditions, RouteModels, RouteQuestion } from './route-table.ts';

const models = (...patterns: readonly string[]): RouteModels => ({
  names: new Set(patterns.filter((name) => !name.includes('*'))),
  patterns: patterns.filter((name) => name.includes('*')),
});

describe('the models that a route is for', () => {
  test.each<[string, RouteModels | undefined, boolean]>([
    ['all', undefined, true],
    ['its name', models('claude-sonnet-4-6'), true],
    ['the name that it is asked by', models('anthropic/claude-sonnet-4.6'), true],
    ['another one', models('claude-opus-4-6'), false],
    ['a pattern with a beginning', models('claude-*'), true],
    ['a pattern with an end', models('*-4-6'), true],
    ['a pattern with both', models('claude-*-4-6'), true],
    ['a pattern of both that would share letters', models('claude-sonnet-4-*-4-6'), false],
    ['every model', models('*'), true],
    ['another family', models('claude-opus-*'), false],
  ])('%s', (_name, listed, expected) => {
    const question = questionOf({ model: 'anthropic/claude-sonnet-4.6' });
    expect(matchesRoute(routeOf({ models: listed }), question)).toBe(expected);
  });

  test('what names no model is for routes that are for all', () => {
    const question = questionOf({ model: undefined, modelId: undefined });
    expect(matchesRoute(routeOf({ models: models('*') }), question)).toBe(false);
    expect(matchesRoute(routeOf(), question)).toBe(true);
  });
});

describe('conditions', () => {
  const asked = questionOf({
    account: 'acme',
    keyId: 'k1',
    bodyBytes: 100,
    header: (name) => (name === 'x-team' ? 'blue' : undefined),
    has: (feature) => feature === 'tools',
  });

  test.each<[string, RouteConditions, boolean]>([
    ['none', {}, true],
    ['its account', { accounts: new Set(['acme', 'other']) }, true],
    ['another account', { accounts: new Set(['other']) }, false],
    ['its key', { keys: new Set(['k1']) }, true],
    ['another key', { keys: new Set(['k2']) }, false],
    ['a header with its value', { headers: [['x-team', 'blue']] }, true],
    ['with another one', { headers: [['x-team', 'red']] }, false],
    ['a header that is not there', { headers: [['x-other', '']] }, false],
    ['as large as it must be', { bodyBytesMin: 100 }, true],
    ['too small', { bodyBytesMin: 101 }, false],
    ['as large as it may be', { bodyBytesMax: 100 }, true],
    ['too large', { bodyBytesMax: 99 }, false],
    ['any of its features', { features: ['images', 'tools'] }, true],
    ['none of them', { features: ['images', 'stream'] }, false],
    ['all that is given has to be so', { keys: new Set(['k1']), bodyBytesMax: 1 }, false],
  ])('%s', (_name, when, expected) => {
    expect(unmet(when, asked) === undefined).toBe(expected);
  });

  test('nothing is looked for in a body that another condition has ruled out', () => {
    const lazy: RouteQuestion = {
      ...asked,
      has: () => {
        throw new Error('looked into the body');
      },
    };
    expect(unmet({ accounts: new Set(['other']), features: ['tools'] }, lazy)).toBe('accounts');
  });
});
