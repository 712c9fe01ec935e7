import { describe, expect, test } from 'vitest';
import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import type { KeyTexts } from './key-values.ts';
import {
  emptyKey,
  isKeyWhole,
  keyChanges,
  keyOrder,
  keyProblems,
  textsOfKey,
} from './key-values.ts';
import { ALL_SCOPES, scopeNames, scopeText } from './scope-names.ts';

const key: KeyAnswer = {
  id: 'abc',
  account: 'acme',
  name: 'Web shop',
  kind: 'inference',
  status: 'active',
  prefix: 'qtn_live_abc',
  last4: 'wxyz',
  scopes: ['messages', 'chat'],
  models: ['claude-sonnet-4-6'],
  allowed_cidrs: null,
  budget: { limit_nano: '1250500000001', period: 'week' },
  rate: { requests_per_minute: 60 },
  created_at: '2026-11-21T18:22:20.000Z',
  created_by: null,
  expires_at: '2027-01-01T00:00:59.999Z',
  revoked_at: null,
  last_used_at: null,
  grace_until: null,
};

function changed(texts: Partial<KeyTexts>, of: KeyAnswer = key): Record<string, unknown> {
  return keyChanges(of, { ...textsOfKey(of), ...texts });
}

describe('what of a key is to change', () => {
  test.each<[Partial<KeyTexts>, object]>([
    [{}, {}],
    [{ name: 'Shop' }, { name: 'Shop' }],
    [{ models: '' }, { models: null }],
    [{ budget: '' }, { budget: null }],
    [{ period: 'day' }, { budget: { limit_nano: '1250500000001', period: 'day' } }],
    [{ output: '5' }, { rate: { requests_per_minute: 60, output_tokens_per_minute: 5 } }],
    [{ requests: '' }, { rate: null }],
    [{ expires: '' }, { expires_at: null }],
    [{ scopes: 'chat' }, { scopes: ['chat'] }],
    [{ scopes: ALL_SCOPES }, { scopes: Object.keys(scopeNames.inference) }],
  ])('%j orders %j', (texts, order) => {
    expect(changed(texts)).toEqual(order);
  });

  test('one that never ends and may do everything changes in nothing by itself', () => {
    const scopes = Object.keys(scopeNames.inference).toReversed();
    const plain = { ...key, scopes, models: null, budget: null, rate: null, expires_at: null };
    expect(changed({}, plain)).toEqual({});
    expect(changed({ expires: '2030-01-01T12:00' }, plain)).toEqual({
      expires_at: new Date(2030, 0, 1, 12).toISOString(),
    });
  });

  test('an admin key has no scopes to order', () => {
    const admin: KeyAnswer = { ...key, kind: 'admin', scopes: [] };
    expect(changed({ name: 'x', scopes: 'messages' }, admin)).toEqual({ name: 'x' });
    expect(keyOrder({ ...emptyKey, name: 'x' }, 'admin')).not.toHaveProperty('scopes');
  });
});

describe('what is wrong with what was typed', () => {
  test.each<[Partial<KeyTexts>, string]>([
    [{ budget: '1,50' }, 'budget'],
    [{ budget: '-1' }, 'budget'],
    [{ scopes: '' }, 'scopes'],
    [{ requests: '0' }, 'requests'],
    [{ input: '1.5' }, 'input'],
    [{ output: '1e9' }, 'output'],
    [{ concurrency: '1000000001' }, 'concurrency'],
  ])('%j is said at %s', (texts, field) => {
    const values = { ...emptyKey, name: 'x', ...texts };
    expect(Object.keys(keyProblems(values, 'inference'))).toEqual([field]);
    expect(isKeyWhole(values, 'inference')).toBe(false);
  });

  test('nothing is wrong with a name alone, and with a budget of nothing', () => {
    expect(isKeyWhole({ ...emptyKey, name: 'x' }, 'management')).toBe(true);
    expect(isKeyWhole({ ...emptyKey, name: 'x', budget: '0' }, 'inference')).toBe(true);
    expect(isKeyWhole({ ...emptyKey, name: 'x', scopes: '' }, 'admin')).toBe(true);
    expect(isKeyWhole({ ...emptyKey, name: ' ' }, 'inference')).toBe(false);
  });
});

test('all scopes of a kind are called so, in whatever order', () => {
  expect(scopeText('inference', Object.keys(scopeNames.inference).toReversed())).toBe(ALL_SCOPES);
  expect(scopeText('management', Object.keys(scopeNames.inference))).toContain('messages\nchat');
  expect(scopeText('admin', [])).toBe(ALL_SCOPES);
});
