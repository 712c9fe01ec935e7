import { planned } from '../../test/support/planned.ts';
import { describe, expect, test } from 'vitest';
import type { GatewayCall, GatewayOptions } from '../ai-gateway-form/gateway-call.ts';
import { isRefusal } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { defaultGateway } from '../policy/gateway-policy.ts';
import type { ProviderKeyName } from '../policy/provider-key-store.ts';
import { Secret } from '../std/secret.ts';
import { applyGateway } from './apply-gateway.ts';
import { chooseProviderKey } from './choose-provider-key.ts';
import type { DecodedExchange } from './exchange.ts';

interface Given {
  readonly policy?: Partial<GatewayPolicy>;
  readonly options?: GatewayOptions;
  readonly isAuthenticated?: boolean;
  /** The request's own key. */
  readonly own?: GatewayCall['providerKey'];
  /** Stored keys by alias; `` is the default. */
  readonly stored?: Readonly<Record<string, string>>;
}

/** As much of an exchange as the two stages look at. */
function exchangeOf({ policy, options = {}, isAuthenticated = true, own, stored }: Given): {
  readonly exchange: DecodedExchange;
  readonly lookedFor: ProviderKeyName[];
} {
  const lookedFor: ProviderKeyName[] = [];
  const found: GatewayPolicy = { ...defaultGateway('a', 1), ...policy };
  const key = own === undefined ? {} : { providerKey: own };
  const exchange = {
    principal: { account: 'a' },
    request: { id: 'req_1' },
    startedAtMs: 5,
    call: { gateway: { id: 'default', options, isAuthenticated, ...key }, request: {} },
    walk: {
      gateways: { find: () => found },
      providerKeys: {
        reveal: (name: ProviderKeyName) => {
          lookedFor.push(name);
          const text = stored?.[name.alias ?? ''];
          return text === undefined ? undefined : new Secret(text);
        },
      },
    },
  } as unknown as DecodedExchange;
  return { exchange, lookedFor };
}

describe('the gateway of a request', () => {
  test('a request of a route that belongs to none passes as it is', async () => {
    const exchange = { call: {} } as unknown as DecodedExchange;
    expect(await applyGateway(exchange)).toBe(exchange);
  });

  test('its policy and what the request asks go on together', async () => {
    const { exchange } = exchangeOf({ options: { skipCache: true } });
    expect(await applyGateway(exchange)).toMatchObject({
      gateway: { policy: { id: 'default' }, options: { skipCache: true } },
    });
  });

  test.each<[boolean, boolean, boolean]>([
    [true, true, true],
    [true, false, false],
    [false, true, true],
    [false, false, true],
  ])(
    'W-G11 with authentication %s and proof %s it passes: %s',
    async (authentication, isAuthenticated, passes) => {
      const { exchange } = exchangeOf({ policy: { authentication }, isAuthenticated });
      const applied = await applyGateway(exchange);
      expect(isRefusal(applied)).toBe(!passes);
      if (passes) return;
      expect(applied).toMatchObject({ code: 'unauthenticated', reason: 'gateway_unauthenticated' });
    },
  );
});

const taking = planned({ provider: 'anthropic' } as Upstream);
const notTaking = planned({} as Upstream);

async function chosen(given: Given, plan: RoutePlan = taking): Promise<unknown> {
  const applied = await applyGateway(exchangeOf(given).exchange);
  if (isRefusal(applied)) throw new Error('the gateway refused');
  const keyed = chooseProviderKey(applied, plan);
  if (isRefusal(keyed)) return keyed.reason;
  const { providerKey } = keyed.call.request;
  return providerKey === undefined
    ? 'the upstream’s'
    : [providerKey.key.reveal(), providerKey.auth];
}

const own: GatewayCall['providerKey'] = { key: new Secret('own'), auth: 'bearer' };
const stored = { '': 'stored', team: 'of the team' };
const needsProviderKey = { needsProviderKey: true };

describe('W-G13 whose key an upstream is asked with', () => {
  test.each<[string, Given, unknown]>([
    ['nobody’s else', {}, 'the upstream’s'],
    ['the request’s own goes first, as it was sent', { own, stored }, ['own', 'bearer']],
    ['the stored one', { stored }, ['stored', undefined]],
    ['an alias’s', { stored, options: { providerKeyAlias: 'team' } }, ['of the team', undefined]],
    [
      'the request’s own satisfies who asks for one',
      { own, options: needsProviderKey },
      ['own', 'bearer'],
    ],
    [
      'an alias that is not there',
      { stored, options: { providerKeyAlias: 'x' } },
      'provider_key_missing',
    ],
    ['the request asks for one', { options: needsProviderKey }, 'provider_key_missing'],
    ['the gateway asks for one', { policy: { byokOnly: true } }, 'provider_key_missing'],
    [
      'a request does not relax that',
      { policy: { byokOnly: true }, options: { needsProviderKey: false } },
      'provider_key_missing',
    ],
  ])('%s', async (_name, given, expected) => {
    expect(await chosen(given)).toEqual(expected);
  });

  test.each<[string, Given, unknown]>([
    ['a key that is brought stays here', { own, stored }, 'the upstream’s'],
    ['an alias has no meaning', { stored, options: { providerKeyAlias: 'x' } }, 'the upstream’s'],
    ['who asks for one is refused', { own, options: needsProviderKey }, 'provider_key_missing'],
  ])('an upstream that takes none: %s', async (_name, given, expected) => {
    expect(await chosen(given, notTaking)).toEqual(expected);
  });

  test('a stored key is looked for by account, gateway, provider and alias', async () => {
    const { exchange, lookedFor } = exchangeOf({ options: { providerKeyAlias: 'team' }, stored });
    const applied = await applyGateway(exchange);
    if (!isRefusal(applied)) chooseProviderKey(applied, taking);
    expect(lookedFor).toEqual([
      { account: 'a', gatewayId: 'default', provider: 'anthropic', alias: 'team' },
    ]);
  });
});
