import { expect, test } from 'vitest';
import { scopeNames } from '../../console/src/pages/keys/scope-names.ts';
import { keyKinds } from '../../src/access/key-store.ts';
import { grantableScopes } from '../../src/access/scopes.ts';

test.each(keyKinds)('the console offers the scopes that a key of kind %s may have', (kind) => {
  expect(Object.keys(scopeNames[kind]).toSorted()).toEqual(grantableScopes[kind].toSorted());
});
