import { describe, expect, test } from 'vitest';
import { describeRoutes } from './describe-routes.ts';
import { accountApiRoutes, adminRoutes } from './routes.ts';

const all = [...adminRoutes, ...accountApiRoutes];

describe('the tables of routes', () => {
  test('no two routes are the same, nor called the same', () => {
    expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
  });

  const aboutSessions = new Set([
    '/admin/v1/setup',
    '/admin/v1/session',
    '/admin/v1/session/confirm',
  ]);

  test.each(adminRoutes)('$method $path is for operators', ({ path, access }) => {
    expect(path).toMatch(/^\/admin\/v1\//);
    const kinds = aboutSessions.has(path) ? ['sign-in', 'session'] : ['admin'];
    expect(kinds).toContain(access.kind);
  });

  test('before a session there is only the way to one', () => {
    const open = adminRoutes.filter(({ access }) => access.kind === 'sign-in');
    expect(open.map(({ operationId }) => operationId)).toEqual(['getSession', 'setUp', 'signIn']);
  });

  test('what gives power away wants a fresh sign-in', () => {
    const fresh = adminRoutes.filter(({ needsFreshSignIn }) => needsFreshSignIn !== undefined);
    expect(fresh.map(({ operationId }) => operationId)).toEqual([
      'createKey',
      'changeKey',
      'rotateKey',
      'disableKey',
      'enableKey',
      'revokeKey',
      'createOperator',
      'changePassword',
      'deleteOperator',
    ]);
  });

  test.each(accountApiRoutes)('$method $path is for accounts', ({ access, path }) => {
    expect(path).toMatch(/^\/v1\//);
    expect(['admin', 'session', 'sign-in']).not.toContain(access.kind);
  });

  test('what needs no key changes nothing', () => {
    const open = accountApiRoutes.filter(({ access }) => access.kind === 'anyone');
    expect(open.map(({ method }) => method)).toEqual(open.map(() => 'GET'));
  });

  test('management keys alone change something, and need a scope for it', () => {
    const changing = accountApiRoutes.filter(
      ({ access, method }) => access.kind === 'account' && method !== 'GET',
    );
    expect(changing.length).toBeGreaterThan(4);
    for (const { access } of changing) {
      expect(access).toEqual({
        kind: 'account',
        keyKinds: ['management'],
        scope: expect.stringMatching(/:write$/) as unknown,
      });
    }
  });

  test.each(all)('$method $path describes every place of its path', ({ method, path }) => {
    const described = describeRoutes(all) as unknown as {
      readonly paths: Record<
        string,
        Record<
          string,
          { readonly parameters?: readonly { readonly in: string; readonly name: string }[] }
        >
      >;
    };
    const { parameters = [] } = described.paths[path]?.[method.toLowerCase()] ?? {};
    const places = [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name);
    const named = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    expect(new Set(named)).toEqual(new Set(places));
    expect(named).toHaveLength(places.length);
  });

  test.each(
    all.filter(({ path }) => /(?:top-ups|grants|adjustments|refunds|chargebacks)$/.test(path)),
  )(
    '$method $path needs an idempotency key where it moves money',
    ({ method, isMoneyWrite = false }) => {
      expect(isMoneyWrite).toBe(method !== 'GET');
    },
  );
});
