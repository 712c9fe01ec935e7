import { describe, expect, test } from 'vitest';
import type { GivenOptions } from './miniflare-plugin.ts';
import { plugins } from './miniflare-plugin.ts';

/** What both versions of Miniflare are handed for the same binding; what they make of it is tested in workerd. */

const plugin = plugins['quatrain-ai'];
const options = { baseURL: 'http://127.0.0.1:4114', apiKey: 'a-key' };

const given: readonly (readonly [string, GivenOptions])[] = [
  ['Miniflare 4', [{ name: 'AI', options }]],
  [
    'Miniflare 5',
    {
      config: {
        env: {
          AI: { dev: { plugin: { name: 'quatrain-ai' }, options } },
          OTHER: { dev: { plugin: { name: 'another' }, options: {} } },
          TEXT: {},
        },
      },
    },
  ],
];

describe.each(given)('%s', (_version, options) => {
  test('gets a binding of the class of workerd', () => {
    expect(plugin.getBindings(options, {}, 2)).toEqual([
      {
        name: 'AI',
        wrapped: {
          moduleName: 'cloudflare-internal:ai-api',
          innerBindings: [{ name: 'fetcher', service: { name: 'quatrain-ai:2:AI' } }],
        },
      },
    ]);
  });

  test('gets the services behind it, each of a name of its own', () => {
    const services = plugin.getServices({ options, workerIndex: 2 });
    expect(services).toEqual([
      { name: 'quatrain-ai:2:AI:gateway', external: { address: '127.0.0.1:4114', http: {} } },
      {
        name: 'quatrain-ai:2:AI',
        worker: expect.objectContaining({
          bindings: [
            { name: 'gateway', service: { name: 'quatrain-ai:2:AI:gateway' } },
            { name: 'origin', text: 'http://127.0.0.1:4114' },
            { name: 'key', text: 'a-key' },
          ],
        }) as unknown,
      },
    ]);
  });

  test('gets a client for programs outside workerd', () => {
    expect(plugin.getNodeBindings(options)).toEqual({
      AI: expect.objectContaining({ run: expect.any(Function) as unknown }) as unknown,
    });
  });
});

describe('the plugin', () => {
  test('has nothing for a Worker without such bindings', () => {
    for (const none of [undefined, [], { config: {} }]) {
      expect(plugin.getBindings(none, 0)).toEqual([]);
      expect(plugin.getServices({ options: none, workerIndex: 0 })).toEqual([]);
      expect(plugin.getNodeBindings(none)).toEqual({});
    }
  });

  test.each([
    ['http://gateway.test', 'gateway.test:80'],
    ['https://gateway.test', 'gateway.test:443'],
    ['https://[::1]:4443', '[::1]:4443'],
  ])('asks %s at %s', (baseURL, address) => {
    const binding = { name: 'AI', options: { ...options, baseURL } };
    const [service] = plugin.getServices({ options: [binding], workerIndex: 0 });
    expect(service).toMatchObject({ external: { address } });
  });
});
