import { describe, expect, test } from 'vitest';
import { listenSchema } from './listen-schema.ts';

describe('trusted proxies', () => {
  test('are none where nothing is said', () => {
    expect(listenSchema.parse({}).trusted_proxies).toEqual([]);
  });

  test('are addresses and ranges of them', () => {
    const trusted_proxies = ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'];
    expect(listenSchema.parse({ trusted_proxies }).trusted_proxies).toEqual(trusted_proxies);
  });

  test.each(['10.0.0.0/33', 'proxy.example', '', '*'])('%j is none', (proxy) => {
    const parsed = listenSchema.safeParse({ trusted_proxies: [proxy] });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual(['trusted_proxies.0']);
  });
});
