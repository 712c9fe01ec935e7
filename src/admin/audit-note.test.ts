import { expect, test } from 'vitest';
import { actorName, auditEntry, changesOf } from './audit-note.ts';

test('a note has what differs, before and after', () => {
  const before = { name: 'a', models: null, kept: [1, 2], gone: 1 };
  const after = { name: 'b', models: ['x'], kept: [1, 2], made: true };
  expect(changesOf<object>(before, after)).toEqual({
    before: { name: 'a', models: null, gone: 1 },
    after: { name: 'b', models: ['x'], made: true },
  });
});

test('an entry says who, from where, and what, in JSON text', () => {
  const actor = { kind: 'admin', keyId: 'k1', address: '10.0.0.1', requestId: 'req_1' } as const;
  const note = {
    action: 'key.revoke',
    subject: 'k2',
    account: 'acme',
    after: { status: 'revoked' },
  };
  expect(auditEntry({ actor, atMs: 5 }, note)).toEqual({
    atMs: 5,
    actor: 'admin:k1',
    keyId: 'k1',
    address: '10.0.0.1',
    requestId: 'req_1',
    action: 'key.revoke',
    subject: 'k2',
    account: 'acme',
    after: '{"status":"revoked"}',
  });
  const keyless = { ...actor, keyId: undefined };
  expect(actorName({ ...keyless, kind: 'command' })).toBe('command');
  expect(actorName({ ...keyless, kind: 'operator', operator: 'ada' })).toBe('operator:ada');
  expect(actorName({ ...keyless, kind: 'visitor' })).toBe('visitor');
});
