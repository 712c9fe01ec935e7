import { describe, expect, test } from 'vitest';
import type { Addressed } from './unwrap-remote-binding.ts';
import { unwrapRemoteBinding } from './unwrap-remote-binding.ts';

const address = 'https://workers-binding.ai/ai-gateway/run?version=3';

interface Case {
  readonly name: string;
  readonly asked: Addressed;
  readonly unwrapped: Addressed | undefined;
}

const cases: readonly Case[] = [
  {
    name: 'what is not wrapped stays as it is',
    asked: { target: '/run?version=3&key=k', headers: { 'mf-url': address, 'x-api-key': 'a' } },
    unwrapped: { target: '/run?version=3&key=k', headers: { 'mf-url': address, 'x-api-key': 'a' } },
  },
  {
    name: 'a path that only begins alike is another path',
    asked: { target: '/__mfx?key=k', headers: { 'mf-url': address } },
    unwrapped: { target: '/__mfx?key=k', headers: { 'mf-url': address } },
  },
  {
    name: 'W-B38 address and headers are those inside, the key of the address is the credential',
    asked: {
      target: '/__mf?key=qtn%5Fdev',
      headers: {
        host: '127.0.0.1:4114',
        'content-length': '2',
        'mf-binding': 'AI',
        'mf-url': address,
        'mf-header-content-type': 'application/json',
        'mf-header-cf-consn-model-id': 'anthropic/claude-sonnet-4.6',
      },
    },
    unwrapped: {
      target: '/ai-gateway/run?version=3',
      headers: {
        'content-type': 'application/json',
        'cf-consn-model-id': 'anthropic/claude-sonnet-4.6',
        authorization: 'Bearer qtn_dev',
      },
    },
  },
  {
    name: 'the key of the address is the only credential',
    asked: {
      target: '/__mf?key=k',
      headers: {
        'mf-url': address,
        'mf-header-authorization': 'Bearer other',
        'mf-header-x-api-key': 'other',
        'mf-header-cf-aig-authorization': 'Bearer other',
      },
    },
    unwrapped: { target: '/ai-gateway/run?version=3', headers: { authorization: 'Bearer k' } },
  },
  {
    name: 'without one, the caller shows its own',
    asked: {
      target: '/__mf',
      headers: { 'mf-url': address, 'mf-header-authorization': 'Bearer own', authorization: 'x' },
    },
    unwrapped: { target: '/ai-gateway/run?version=3', headers: { authorization: 'Bearer own' } },
  },
  {
    name: 'a header of an odd name is a header and nothing else',
    asked: {
      target: '/__mf',
      headers: Object.fromEntries([
        ['mf-url', address],
        ['mf-header-__proto__', 'x'],
      ]),
    },
    unwrapped: {
      target: '/ai-gateway/run?version=3',
      headers: Object.fromEntries([['__proto__', 'x']]),
    },
  },
  {
    name: 'the wish for another protocol travels unwrapped',
    asked: {
      target: '/__mf',
      headers: { 'mf-url': address, connection: 'Upgrade', upgrade: 'websocket' },
    },
    unwrapped: { target: '/ai-gateway/run?version=3', headers: { upgrade: 'websocket' } },
  },
  {
    name: 'W-B38 the question for another protocol wraps nothing',
    asked: { target: '/__mf?key=k&MF-Binding=AI', headers: { upgrade: 'websocket' } },
    unwrapped: undefined,
  },
  {
    name: 'an address that is none wraps nothing',
    asked: { target: '/__mf?key=k', headers: { 'mf-url': '/run' } },
    unwrapped: undefined,
  },
];

describe('a wrapped request', () => {
  test.each(cases)('$name', ({ asked, unwrapped }) => {
    expect(unwrapRemoteBinding(asked)).toEqual(unwrapped);
  });
});
