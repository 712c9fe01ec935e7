import { expect, test } from 'vitest';
import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import { recordableKeys } from './recordable-keys.ts';

function key(id: string, parts: Partial<KeyAnswer> = {}): KeyAnswer {
  return {
    id,
    account: 'acme',
    name: id,
    kind: 'inference',
    status: 'active',
    prefix: 'qt_live_',
    last4: 'abcd',
    scopes: [],
    models: null,
    allowed_cidrs: null,
    budget: null,
    rate: null,
    created_at: '2026-11-21T12:00:00Z',
    created_by: null,
    expires_at: null,
    revoked_at: null,
    last_used_at: null,
    grace_until: null,
    ...parts,
  };
}

test('keys are offered by their names, after the fixed one', () => {
  const keys = [key('k1', { name: 'Web' }), key('k2', { name: 'Batch', account: 'zed' })];
  expect(recordableKeys(keys)).toEqual([
    { value: 'development', text: 'The development key', detail: 'development' },
    { value: 'k2', text: 'Batch', detail: 'k2 · zed' },
    { value: 'k1', text: 'Web', detail: 'k1 · acme' },
  ]);
});
