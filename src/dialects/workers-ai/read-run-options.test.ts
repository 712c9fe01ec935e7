import { describe, expect, test } from 'vitest';
import type { GatewayOptions } from '../../ai-gateway-form/gateway-call.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { JsonValue } from '../../std/json.ts';
import type { HeaderMap } from '../dialect.ts';
import { readCredentials } from './read-credentials.ts';
import { readRunOptions } from './read-run-options.ts';
import { runErrorOf } from './run-error.ts';

function read(given: JsonValue | undefined, headers: HeaderMap = {}): object | string {
  const result = readRunOptions(given, headers);
  if (!isRefusal(result)) return result;
  const { internalCode, text } = runErrorOf(result);
  return `${String(internalCode)}: ${text}`;
}

function options(
  more: { readonly id?: string; readonly ignored?: readonly string[] } & GatewayOptions = {},
): object {
  const { id = 'default', ignored = [], ...asked } = more;
  return {
    kind: 'run-options',
    gateway: { id, options: asked, isAuthenticated: true },
    ignored,
  };
}

const none = options();

describe('options of a run', () => {
  test.each<[string, JsonValue | undefined, HeaderMap, object]>([
    ['none', undefined, {}, none],
    ['null', null, {}, none],
    ['no gateway', {}, {}, none],
    ['a gateway without a name', { gateway: { id: '' } }, {}, none],
    ['a gateway', { gateway: { id: 'g' } }, {}, options({ id: 'g' })],
    ['the same in a header', {}, { 'cf-aig-gateway-id': 'g' }, options({ id: 'g' })],
    [
      'a header is more specific',
      { gateway: { id: 'g', cacheTtl: 60 } },
      { 'cf-aig-gateway-id': 'h', 'cf-aig-cache-ttl': '70' },
      options({ id: 'h', cacheTtlSeconds: 70 }),
    ],
    [
      'what nobody knows is named',
      { example: 123, tags: ['a'] },
      { 'cf-aig-zdr': 'true' },
      options({ ignored: ['example', 'tags', 'cf-aig-zdr'] }),
    ],
    [
      'what is the case anyhow, or is for the client alone',
      { queueRequest: false, rejectIfBusy: true, returnRawResponse: true, websocket: false },
      {},
      none,
    ],
    ['an event’s id', { gateway: { eventId: 'E' } }, {}, options({ eventId: 'E' })],
    [
      'an event’s id that is in the head already',
      { gateway: { eventId: 'E' } },
      { 'cf-aig-event-id': 'H' },
      options({ eventId: 'H' }),
    ],
    [
      'an event’s id that no header can hold',
      { gateway: { eventId: 'a\r\nb: c' } },
      {},
      options({ ignored: ['gateway.eventId'] }),
    ],
    [
      'what has no effect is named',
      {},
      { 'cf-aig-zdr': 'true' },
      options({ ignored: ['cf-aig-zdr'] }),
    ],
    ['null asks for nothing', { gateway: { cacheTtl: null } }, {}, none],
  ])('%s', (_name, given, headers, expected) => {
    expect(read(given, headers)).toEqual(expected);
  });

  test.each<[string, JsonValue, string]>([
    ['no object', [], '7003: Invalid value at options: '],
    [
      'a gateway that is no object',
      { gateway: 'default' },
      '7003: Invalid value at options/gateway: ',
    ],
    ['a name that is none', { gateway: { id: 1 } }, '7003: Invalid value at options/gateway/id: '],
    [
      'a name that no gateway can have',
      { gateway: { id: 'no pe' } },
      '2001: There is no gateway "no pe"',
    ],
    [
      'an option of a wrong type',
      { gateway: { cacheTtl: 'long' } },
      '7003: Invalid value at options/gateway/cacheTtl: ',
    ],
    ['a queue', { queueRequest: true }, '7003: Invalid value at options/queueRequest: '],
  ])('%s is refused', (_name, given, expected) => {
    expect(read(given)).toEqual(expect.stringContaining(expected));
  });
});

describe('where the key stands', () => {
  test.each<[string, HeaderMap, object]>([
    ['nowhere', {}, {}],
    ['bearer', { authorization: 'Bearer k' }, { authorization: 'Bearer k' }],
    ['a key', { 'x-api-key': 'k' }, { 'x-api-key': 'k' }],
    ['the gateway’s own', { 'cf-aig-authorization': 'Bearer k' }, { authorization: 'Bearer k' }],
    [
      'what a development server adds comes before what a Worker sends',
      { 'cf-aig-authorization': 'Bearer theirs', authorization: 'Bearer k' },
      { authorization: 'Bearer k' },
    ],
  ])('%s', (_name, headers, expected) => {
    expect(readCredentials(headers)).toEqual(expected);
  });
});
