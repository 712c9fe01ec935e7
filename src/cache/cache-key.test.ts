import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeyParts } from './cache-key.ts';
import { cacheKeyOf } from './cache-key.ts';
import { tenantOf } from './tenant.ts';

const bounds = { depthMax: 20, keysMax: 1000 };
const tenant = tenantOf({ keyId: 'k', keyKind: 'inference', account: 'one' });

const plain: KeyParts = {
  gateway: ['default', '1'],
  upstream: 'up',
  operation: 'messages.create',
  path: '/v1/messages',
  headers: ['content-type', 'application/json', 'anthropic-version', '2023-06-01'],
  credential: [],
  body: Buffer.from('{"model":"m","max_tokens":5,"messages":[]}'),
  name: undefined,
};

function keyOf(change: Partial<KeyParts> = {}, whose = tenant): string | undefined {
  return cacheKeyOf(whose, { ...plain, ...change }, bounds);
}

const body = (text: string): Partial<KeyParts> => ({ body: Buffer.from(text) });

describe('what two requests may differ in and get the same answer', () => {
  test.each<[string, Partial<KeyParts>]>([
    ['nothing', {}],
    ['a stream asked for', body('{"model":"m","max_tokens":5,"stream":true,"messages":[]}')],
    ['no stream asked for', body('{"stream":false,"model":"m","max_tokens":5,"messages":[]}')],
    ['the order of members', body('{"messages":[],"max_tokens":5,"model":"m"}')],
    ['space between members', body(' { "model": "m" , "max_tokens":5,\n"messages":[] } ')],
    ['the order of headers', { headers: ['anthropic-version', '2023-06-01'] }],
    ['how the answer is to come', { headers: [...plain.headers, 'accept', 'text/event-stream'] }],
  ])('%s', (_name, change) => {
    expect(keyOf(change)).toBe(keyOf());
  });

  test.each<[string, Partial<KeyParts>]>([
    ['a member', body('{"model":"m","max_tokens":6,"messages":[]}')],
    ['one more member', body('{"model":"m","max_tokens":5,"messages":[],"x":1}')],
    ['a stream within', body('{"model":"m","max_tokens":5,"messages":[],"x":{"stream":true}}')],
    ['the model', body('{"model":"n","max_tokens":5,"messages":[]}')],
    ['a header with a meaning', { headers: [...plain.headers, 'anthropic-beta', 'b'] }],
    ['the gateway', { gateway: ['other', '1'] }],
    ['a gateway made anew', { gateway: ['default', '2'] }],
    ['the upstream', { upstream: 'other' }],
    ['the path', { path: '/v1/messages?beta=true' }],
    ['the provider’s key', { credential: ['bearer', 'sk'] }],
    ['a name', { name: 'n' }],
  ])('but not: %s', (_name, change) => {
    expect(keyOf(change)).not.toBe(keyOf());
  });
});

test('a name stands for all of the body but its model', () => {
  const name = 'greeting';
  const other = { ...body('{"model":"m","messages":[1]}'), name };
  expect(keyOf(other)).toBe(keyOf({ name }));
  expect(keyOf({ ...body('{"model":"n"}'), name })).not.toBe(keyOf({ name }));
  expect(keyOf({ name: 'farewell' })).not.toBe(keyOf({ name }));
});

test.each(['', '[]', '{"model":"m"', '{"a":1,"a":2}'])(
  '%j is no body that has an answer',
  (text) => {
    expect(keyOf(body(text))).toBeUndefined();
  },
);

test('parts cannot be moved into each other: keys are equal only where all parts are', () => {
  const part = fc.string({ maxLength: 4 });
  const parts = fc.record({
    account: part,
    gateway: fc.array(part, { maxLength: 3 }),
    upstream: part,
    path: part,
    credential: fc.array(part, { maxLength: 2 }),
    name: fc.option(part, { nil: undefined }),
  });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const keys = [one, other].map(({ account, ...rest }) =>
        keyOf(rest, tenantOf({ keyId: 'k', keyKind: 'inference', account })),
      );
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(keys[0] === keys[1]).toBe(isSame);
    }),
    { numRuns: 1000 },
  );
});

test('a key without a tenant does not compile', () => {
  const without = (): unknown[] => [
    // @ts-expect-error -- a plain text is no tenant
    cacheKeyOf('one', plain, bounds),
    // @ts-expect-error -- what proves nothing is no tenant either
    tenantOf('one'),
    // @ts-expect-error -- the account of a header is no principal
    tenantOf({ account: 'one' }),
  ];
  expect(without).toBeTypeOf('function');
});
