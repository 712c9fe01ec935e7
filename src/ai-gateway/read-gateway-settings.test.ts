import { describe, expect, test } from 'vitest';
import { isRefusal, refusalText } from '../messages/errors.ts';
import { defaultGateway } from '../policy/gateway-policy.ts';
import type { JsonObject } from '../std/json.ts';
import { encodeGateway } from './encode-gateway.ts';
import type { GatewaySettings } from './read-gateway-settings.ts';
import { readGatewaySettings } from './read-gateway-settings.ts';

const plain: JsonObject = {
  cache_invalidate_on_update: false,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
};

function read(change: JsonObject = {}): GatewaySettings | string {
  const settings = readGatewaySettings({ ...plain, ...change });
  return isRefusal(settings) ? refusalText(settings) : settings;
}

const bare: GatewaySettings = {
  cacheTtlSeconds: 0,
  cacheInvalidateOnUpdate: false,
  collectLogs: true,
  rateLimit: undefined,
  retry: undefined,
  content: { guardrails: undefined, dataLoss: undefined },
  authentication: false,
  byokOnly: false,
  logManagement: null,
  logManagementStrategy: 'DELETE_OLDEST',
};

describe('what a gateway is made of', () => {
  test.each<[string, JsonObject, Partial<GatewaySettings>]>([
    ['the least', {}, {}],
    ['null for none', { cache_ttl: null, rate_limiting_limit: null }, { cacheTtlSeconds: null }],
    [
      'a limit',
      { rate_limiting_limit: 5, rate_limiting_interval: 60 },
      { rateLimit: { limit: 5, intervalSeconds: 60, technique: 'fixed' } },
    ],
    ['an interval without a limit is none', { rate_limiting_interval: 60 }, {}],
    [
      'retries with what was not said',
      { retry_max_attempts: 3 },
      { retry: { maxAttempts: 3, delayMs: 100, backoff: 'constant' } },
    ],
    [
      'a delay alone is one try',
      { retry_delay: 100 },
      { retry: { maxAttempts: 1, delayMs: 100, backoff: 'constant' } },
    ],
    ['flags', { authentication: true, byok_only: true }, { authentication: true, byokOnly: true }],
    [
      'logs',
      { log_management: 10, log_management_strategy: 'STOP_INSERTING' },
      { logManagement: 10, logManagementStrategy: 'STOP_INSERTING' },
    ],
    ['what is off of the rest', { zdr: false, logpush: false, store_id: null }, {}],
  ])('%s', (_name, change, expected) => {
    expect(read(change)).toEqual({ ...bare, ...expected });
  });

  test.each(Object.keys(plain))('%s has to be there', (name) => {
    const { [name]: _left, ...rest } = plain;
    expect(readGatewaySettings(rest)).toMatchObject({ code: 'invalid_request', param: name });
  });

  test.each<[string, JsonObject]>([
    ['cache_ttl', { cache_ttl: -1 }],
    ['cache_ttl', { cache_ttl: 1.5 }],
    ['cache_ttl', { cache_ttl: 3_000_000 }],
    ['collect_logs', { collect_logs: 'yes' }],
    ['collect_logs', { collect_logs: null }],
    ['rate_limiting_technique', { rate_limiting_technique: 'leaky' }],
    ['rate_limiting_interval', { rate_limiting_limit: 5 }],
    ['retry_delay', { retry_delay: 5001 }],
    ['retry_max_attempts', { retry_max_attempts: 0 }],
    ['log_management', { log_management: 0 }],
    ['zdr', { zdr: true }],
    ['nonsense', { nonsense: 1 }],
  ])('%s is named where it is wrong', (name, change) => {
    expect(read(change)).toMatch(new RegExp(`^Invalid value at ${name}: `));
  });

  test('what is shown of a gateway can be sent back and means the same', () => {
    const policy = {
      ...defaultGateway('a', 1),
      rateLimit: { limit: 5, intervalSeconds: 60, technique: 'sliding' as const },
      retry: { maxAttempts: 2, delayMs: 10, backoff: 'linear' as const },
      content: {
        guardrails: { prompt: { S1: 'FLAG' as const }, response: { P1: 'BLOCK' as const } },
        dataLoss: { enabled: true, action: 'FLAG' as const, profiles: ['cards'] },
      },
    };
    const settings = readGatewaySettings(encodeGateway(policy));
    expect({ ...policy, ...settings }).toEqual(policy);
  });
});
