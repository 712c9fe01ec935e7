import { describe, expect, test } from 'vitest';
import type { ContentAction } from '../policy/content-rules.ts';
import type { DataLossMatch } from '../policy/judge-content.ts';
import { gatewayHeaders } from './gateway-headers.ts';
import type { EndedExchange } from './settle-request.ts';

const match = (
  profile: string,
  policies: readonly string[],
  action: ContentAction,
): DataLossMatch => ({
  profile,
  entries: ['e'],
  policies,
  action,
  check: 'REQUEST',
});

/** What the head says of data that was found. */
function shown(dataLoss: readonly DataLossMatch[]): string | undefined {
  const ids = { logId: 'l', requestId: 'r', eventId: 'e' };
  const exchange = { gateway: { ids }, content: { hazards: [], dataLoss } };
  const headers = gatewayHeaders(exchange as unknown as EndedExchange);
  return headers[headers.indexOf('cf-aig-dlp') + 1];
}

describe('what was found of data', () => {
  test('stands in one header, in letters that a head can hold', () => {
    expect(shown([match('personal é', ['p'], 'FLAG')])).toBe(
      String.raw`{"findings":[{"profile":{"context":{},"entry_ids":["e"],"profile_id":"personal \u00e9"},"policy_ids":["p"],"check":"REQUEST"}],"action":"FLAG"}`,
    );
  });

  test.each([
    [
      'many profiles',
      Array.from({ length: 100 }, (_, at) => match(`p${String(at)}`, ['p'], 'FLAG')),
    ],
    [
      'many policies',
      [
        match(
          'p',
          Array.from({ length: 100 }, () => '漢'.repeat(128)),
          'FLAG',
        ),
      ],
    ],
  ])('of %s as much is said as clients take, and what became of it', (_name, matches) => {
    const text = shown([...matches, match('last', ['x'], 'BLOCK')]) ?? '';
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(JSON.parse(text)).toMatchObject({ action: 'BLOCK' });
  });
});
