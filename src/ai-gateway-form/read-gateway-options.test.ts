import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal, refusalText } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { GatewayHeaders, GatewayOptions, ReadOptions } from './gateway-call.ts';
import { optionRules } from './option-rules.ts';
import { readGatewayHeaders } from './read-gateway-headers.ts';
import { readGatewayId } from './read-gateway-id.ts';
import { readGatewayOptions } from './read-gateway-options.ts';

const inHeaders = (headers: GatewayHeaders): ReadOptions | string =>
  told(readGatewayHeaders(headers));
const inBody = (given: JsonObject, headers: GatewayHeaders = {}): ReadOptions | string =>
  told(readGatewayOptions(given, headers));

function told(read: ReturnType<typeof readGatewayHeaders>): ReadOptions | string {
  return isRefusal(read) ? refusalText(read) : read;
}

const options = (read: GatewayOptions, ignored: readonly string[] = []): ReadOptions => ({
  kind: 'options',
  options: read,
  ignored,
});

const MONTH_SECONDS = 2_678_400;

describe('headers', () => {
  test.each<[string, string, GatewayOptions]>([
    ['cf-aig-skip-cache', 'true', { skipCache: true }],
    ['cf-aig-skip-cache', 'FALSE', { skipCache: false }],
    ['cf-skip-cache', 'true', { skipCache: true }],
    ['cf-aig-cache-ttl', '3600', { cacheTtlSeconds: 3600 }],
    ['cf-cache-ttl', '3600', { cacheTtlSeconds: 3600 }],
    ['cf-aig-cache-ttl', '0', { cacheTtlSeconds: 0 }],
    ['cf-aig-cache-ttl', '1', { cacheTtlSeconds: 60 }],
    ['cf-aig-cache-ttl', '99999999', { cacheTtlSeconds: MONTH_SECONDS }],
    ['cf-aig-cache-key', 'a key: of theirs', { cacheKey: 'a key: of theirs' }],
    ['cf-aig-collect-log', 'false', { collectLog: false }],
    ['cf-aig-collect-log-payload', 'false', { collectLogPayload: false }],
    ['cf-aig-metadata', '{"a":1,"b":null,"c":true}', { metadata: { a: 1, b: null, c: true } }],
    ['cf-aig-event-id', 'E', { eventId: 'E' }],
    ['cf-aig-request-timeout', '50', { requestTimeoutMs: 50 }],
    ['cf-aig-max-attempts', '3', { maxAttempts: 3 }],
    ['cf-aig-max-attempts', '0', { maxAttempts: 1 }],
    ['cf-aig-max-attempts', '9', { maxAttempts: 5 }],
    ['cf-aig-retry-delay', '60000', { retryDelayMs: 5000 }],
    ['cf-aig-backoff', 'Exponential', { backoff: 'exponential' }],
    ['cf-aig-byok-alias', 'team-1', { providerKeyAlias: 'team-1' }],
    ['cf-aig-no-wholesale', 'true', { needsProviderKey: true }],
    [
      'cf-aig-custom-cost',
      '{"per_token_in":0.000001,"per_token_out":2e-6}',
      { customCost: { kind: 'per-token', input: 0.000001, output: 0.000002 } },
    ],
    [
      'cf-aig-custom-cost',
      '{"per_token_in":1,"per_token_out":2,"per_cache_write_token":3}',
      { customCost: { kind: 'per-token', input: 1, output: 2, cacheRead: 1, cacheWrite: 3 } },
    ],
    ['cf-aig-custom-cost', '{"total_cost":0.05}', { customCost: { kind: 'total', total: 0.05 } }],
  ])('%s: %s', (name, value, expected) => {
    expect(inHeaders({ [name]: value })).toEqual(options(expected));
  });

  test('W-G09 six entries of metadata: the first five are kept', () => {
    const metadata = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
    const { f: _f, ...kept } = metadata;
    expect(inHeaders({ 'cf-aig-metadata': JSON.stringify(metadata) })).toEqual(
      options({ metadata: kept }),
    );
  });

  test.each([
    ['nested', '{"a":{"b":1}}'],
    ['a list in it', '{"a":[1]}'],
    ['a list', '[1]'],
    ['no JSON', '{a:1}'],
    ['a long text', JSON.stringify({ a: 'x'.repeat(1025) })],
    ['a long name', JSON.stringify({ ['x'.repeat(129)]: 1 })],
  ])('metadata that is not flat, or long, is ignored, and named: %s', (_name, value) => {
    expect(inHeaders({ 'cf-aig-metadata': value })).toEqual(options({}, ['cf-aig-metadata']));
  });

  test('an event’s id that no header could give back is ignored, and named', () => {
    expect(inHeaders({ 'cf-aig-event-id': 'two words' })).toEqual(options({}, ['cf-aig-event-id']));
  });

  test('the newer spelling of a header holds', () => {
    const both = { 'cf-cache-ttl': '60', 'cf-aig-cache-ttl': '120' };
    expect(inHeaders(both)).toEqual(options({ cacheTtlSeconds: 120 }));
  });

  test.each([
    ['cf-aig-skip-cache', '1'],
    ['cf-aig-cache-ttl', '-1'],
    ['cf-aig-cache-ttl', '1.5'],
    ['cf-aig-cache-ttl', ''],
    ['cf-aig-cache-key', ''],
    ['cf-aig-cache-key', 'k'.repeat(1025)],
    ['cf-aig-request-timeout', '1e3'],
    ['cf-aig-backoff', 'fast'],
    ['cf-aig-custom-cost', '{"per_token_in":1}'],
    ['cf-aig-custom-cost', '{"total_cost":"1"}'],
    ['cf-aig-custom-cost', '{"total_cost":-1}'],
    ['cf-aig-custom-cost', '{"total_cost":1000001}'],
    ['cf-aig-custom-cost', '{"per_token_in":1e308,"per_token_out":1}'],
    ['cf-aig-byok-alias', '../key'],
  ])('what an option cannot be is refused: %s: %s', (name, value) => {
    expect(inHeaders({ [name]: value })).toMatch(`Invalid value at ${name}: expected `);
  });

  test('what the service has and this gateway does not is named', () => {
    expect(inHeaders({ 'cf-aig-zdr': 'true', 'cf-aig-otel-trace-id': 'x' })).toEqual(
      options({}, ['cf-aig-zdr', 'cf-aig-otel-trace-id']),
    );
  });
});

describe('options of a run', () => {
  test('all of them', () => {
    const given = {
      id: 'g',
      skipCache: false,
      cacheTtl: 123,
      cacheKey: 'k',
      metadata: { user: 'u' },
      collectLog: true,
      eventId: 'E',
      requestTimeoutMs: 1000,
      retries: { maxAttempts: 2, retryDelayMs: 10, backoff: 'linear' },
    };
    expect(inBody(given)).toEqual(
      options({
        skipCache: false,
        cacheTtlSeconds: 123,
        cacheKey: 'k',
        metadata: { user: 'u' },
        collectLog: true,
        eventId: 'E',
        requestTimeoutMs: 1000,
        maxAttempts: 2,
        retryDelayMs: 10,
        backoff: 'linear',
      }),
    );
  });

  test('a header is more specific than a member of the body, one by one', () => {
    const given = { cacheTtl: 100, cacheKey: 'body' };
    expect(inBody(given, { 'cf-aig-cache-ttl': '200' })).toEqual(
      options({ cacheTtlSeconds: 200, cacheKey: 'body' }),
    );
  });

  test('a member that a header overrules is not judged', () => {
    const read = inBody({ cacheTtl: 'long' }, { 'cf-aig-cache-ttl': '200' });
    expect(read).toEqual(options({ cacheTtlSeconds: 200 }));
  });

  test.each<[string, JsonValue]>([
    ['skipCache', 'true'],
    ['cacheTtl', 1.5],
    ['cacheTtl', -1],
    ['cacheKey', 5],
    ['requestTimeoutMs', {}],
    ['retries', 3],
    ['retries', []],
  ])('what an option cannot be is refused with its place: %s', (name, value) => {
    expect(inBody({ [name]: value })).toMatch(`Invalid value at options/gateway/${name}`);
  });

  test('what headers alone can say is none of the body’s', () => {
    expect(inBody({ providerKeyAlias: 'x', customCost: { total_cost: 1 } })).toEqual(options({}));
  });

  test('whatever comes, it is read or refused, within the bounds', () => {
    const members = ['cacheTtl', 'cacheKey', 'metadata', 'retries', 'requestTimeoutMs', 'eventId'];
    const names = Object.values(optionRules).flatMap(({ headers }) => headers);
    const bodies = fc.dictionary(fc.constantFrom(...members), fc.jsonValue());
    const heads = fc.dictionary(fc.constantFrom(...names), fc.string());
    fc.assert(
      fc.property(bodies, heads, (body, headers) => {
        const given: JsonValue = JSON.parse(JSON.stringify(body)) as JsonValue;
        const read = inBody(isJsonObject(given) ? given : {}, headers);
        if (typeof read === 'string') return;
        const { cacheTtlSeconds = 0, maxAttempts = 1, retryDelayMs = 0, metadata } = read.options;
        expect(cacheTtlSeconds === 0 || cacheTtlSeconds >= 60).toBe(true);
        expect(cacheTtlSeconds).toBeLessThanOrEqual(MONTH_SECONDS);
        expect(maxAttempts >= 1 && maxAttempts <= 5).toBe(true);
        expect(retryDelayMs).toBeLessThanOrEqual(5000);
        expect(Object.keys(metadata ?? {}).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('the name of a gateway', () => {
  test.each<[string, GatewayHeaders, JsonValue | undefined, string]>([
    ['none', {}, undefined, 'default'],
    ['an empty one', {}, '', 'default'],
    ['null', {}, null, 'default'],
    ['one', {}, 'my-gateway_2', 'my-gateway_2'],
    ['a header’s', { 'cf-aig-gateway-id': 'h' }, 'b', 'h'],
    ['the longest', {}, 'g'.repeat(64), 'g'.repeat(64)],
  ])('%s', (_name, headers, option, expected) => {
    expect(readGatewayId(headers, option)).toBe(expected);
  });

  test.each<[string, JsonValue, string | undefined]>([
    ['too long', 'g'.repeat(65), 'gateway_not_found'],
    ['a path', '../x', 'gateway_not_found'],
    ['a number', 1, undefined],
  ])('%s is refused', (_name, option, reason) => {
    expect(readGatewayId({}, option)).toMatchObject({
      code: 'invalid_request',
      ...(reason && { reason }),
    });
  });
});
