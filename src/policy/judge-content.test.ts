import { describe, expect, test } from 'vitest';
import type { ContentRules, HazardCategory } from './content-rules.ts';
import { looksAt } from './content-rules.ts';
import type { ScanFindings } from './content-scanner.ts';
import { judgeContent, scanQuestionOf, strictest, unscannable } from './judge-content.ts';

const rules: ContentRules = {
  guardrails: { prompt: { S1: 'BLOCK', S2: 'FLAG' }, response: { S3: 'FLAG' } },
  dataLoss: {
    enabled: true,
    policies: [
      { id: 'a', action: 'FLAG', check: ['REQUEST'], enabled: true, profiles: ['x', 'y'] },
      { id: 'b', action: 'BLOCK', check: ['REQUEST', 'RESPONSE'], enabled: true, profiles: ['x'] },
      { id: 'c', action: 'BLOCK', check: ['RESPONSE'], enabled: false, profiles: ['z'] },
    ],
  },
};
const none: ContentRules = { guardrails: undefined, dataLoss: undefined };

function found(
  categories: readonly HazardCategory[],
  profiles: Readonly<Record<string, readonly string[]>> = {},
): ScanFindings {
  return { categories: new Set(categories), profiles: new Map(Object.entries(profiles)) };
}

describe('what rules are about', () => {
  test('each side has its own question', () => {
    expect(scanQuestionOf(rules, 'REQUEST')).toEqual({
      categories: ['S1', 'S2'],
      profiles: ['x', 'y'],
    });
    expect(scanQuestionOf(rules, 'RESPONSE')).toEqual({ categories: ['S3'], profiles: ['x'] });
  });

  test.each<[string, ContentRules, boolean, boolean]>([
    ['none', none, false, false],
    ['all', rules, true, true],
    ['one side', { ...none, guardrails: { prompt: {}, response: { S1: 'FLAG' } } }, false, true],
    [
      'off',
      { ...none, dataLoss: { enabled: false, action: 'BLOCK', profiles: ['x'] } },
      false,
      false,
    ],
    [
      'no profiles',
      { ...none, dataLoss: { enabled: true, action: 'FLAG', profiles: [] } },
      false,
      false,
    ],
    [
      'the older form',
      { ...none, dataLoss: { enabled: true, action: 'FLAG', profiles: ['x'] } },
      true,
      true,
    ],
  ])('%s: which sides are looked at', (_name, given, request, response) => {
    expect([looksAt(given, 'REQUEST'), looksAt(given, 'RESPONSE')]).toEqual([request, response]);
  });
});

describe('what cannot be looked for', () => {
  test('is named where a rule blocks it', () => {
    expect(unscannable(rules, 'REQUEST', undefined)).toEqual(['S1', 'x']);
    const some = { categories: new Set<HazardCategory>(['S1']), profiles: new Set(['y']) };
    expect(unscannable(rules, 'REQUEST', some)).toEqual(['x']);
    const all = { ...some, profiles: new Set(['x']) };
    expect(unscannable(rules, 'REQUEST', all)).toEqual([]);
  });

  test('does not matter where all rules flag', () => {
    const flagging: ContentRules = { ...none, guardrails: rules.guardrails };
    expect(unscannable(flagging, 'RESPONSE', undefined)).toEqual([]);
  });
});

describe('what becomes of findings', () => {
  test('nothing found is nothing', () => {
    expect(judgeContent(rules, 'REQUEST', found([]))).toEqual({ hazards: [], dataLoss: [] });
  });

  test('categories have the action of their rule', () => {
    expect(judgeContent(rules, 'REQUEST', found(['S2', 'S1', 'S3'])).hazards).toEqual([
      { category: 'S1', action: 'BLOCK', check: 'REQUEST' },
      { category: 'S2', action: 'FLAG', check: 'REQUEST' },
    ]);
  });

  test('of several policies about a profile the strictest counts, and all are named', () => {
    expect(
      judgeContent(rules, 'REQUEST', found([], { x: ['e'], y: ['f'], z: ['g'] })).dataLoss,
    ).toEqual([
      { profile: 'x', entries: ['e'], policies: ['a', 'b'], action: 'BLOCK', check: 'REQUEST' },
      { profile: 'y', entries: ['f'], policies: ['a'], action: 'FLAG', check: 'REQUEST' },
    ]);
  });

  test('blocking is stricter than flagging', () => {
    expect(strictest([{ action: 'FLAG' }, { action: 'BLOCK' }])).toBe('BLOCK');
    expect(strictest([{ action: 'FLAG' }])).toBe('FLAG');
  });
});
