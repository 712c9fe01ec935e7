import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GuardedHost, allWays } from '../support/guarded-host.ts';
import type { RawAnswer } from '../support/post.ts';

/** Data that a gateway lets nobody say; Workers reference §3.3, §3.9, §3.15, case G20. */

const CARD = '4111 1111 1111 1111';
const both = { check: ['REQUEST', 'RESPONSE'], enabled: true };
const gateways: Readonly<Record<string, object>> = {
  sealed: {
    cache_ttl: 60,
    dlp: { enabled: true, policies: [{ id: 'p1', action: 'BLOCK', profiles: ['cards'], ...both }] },
  },
  watched: {
    cache_ttl: 60,
    dlp: {
      enabled: true,
      policies: [
        { id: 'p2', action: 'FLAG', profiles: ['staff', 'cards'], ...both },
        { id: 'off', action: 'BLOCK', profiles: ['cards'], ...both, enabled: false },
      ],
    },
  },
  older: { dlp: { enabled: true, action: 'BLOCK', profiles: ['staff'] } },
  off: { dlp: { enabled: false, action: 'BLOCK', profiles: ['cards'] } },
};

let guarded: GuardedHost;

beforeAll(async () => {
  guarded = await GuardedHost.start(gateways);
});
afterAll(async () => {
  await guarded.stop();
});
beforeEach(() => {
  guarded.answers('hi');
});

describe('data that must not be said', () => {
  const dataTexts = {
    REQUEST: 'Request content blocked due to DLP policy violations',
    RESPONSE: 'Response content blocked due to DLP policy violations',
  };
  const finding = (
    check: string,
    policy_ids: readonly string[],
    profile_id: string,
    entry_ids: readonly string[],
  ): object => ({
    profile: { context: {}, entry_ids, profile_id },
    policy_ids,
    check,
  });
  const headerIn = (answer: RawAnswer): unknown => {
    const header = answer.headers['cf-aig-dlp'];
    return typeof header === 'string' ? JSON.parse(header) : header;
  };

  test.each(allWays)('W-G20 a request that is blocked: %s', async (way) => {
    const answer = await guarded.say('sealed', `My card is ${CARD}.`, way);
    expect([answer.status, guarded.asked]).toEqual([400, 0]);
    expect(answer.body.toString()).toContain('2029');
    expect(answer.body.toString()).toContain(dataTexts.REQUEST);
    expect(headerIn(answer)).toEqual({
      findings: [finding('REQUEST', ['p1'], 'cards', ['any-card'])],
      action: 'BLOCK',
    });
  });

  test.each(allWays)('W-G20 a response that is blocked: %s', async (way) => {
    guarded.answers(`Take ${CARD}.`);
    // Another request than that of any other way: what is cached is not looked at.
    const answer = await guarded.say('sealed', `Which card? Asked by ${way}`, way);
    expect([answer.status, guarded.asked]).toEqual([400, 1]);
    expect(answer.body.toString()).toContain('2030');
    expect(answer.body.toString()).toContain(dataTexts.RESPONSE);
    expect(answer.body.toString()).not.toContain('4111');
    expect(headerIn(answer)).toEqual({
      findings: [finding('RESPONSE', ['p1'], 'cards', ['any-card'])],
      action: 'BLOCK',
    });
  });

  test('W-G20 a number of a tool’s input is data too', async () => {
    const content = [{ type: 'tool_use', id: 't', name: 'pay', input: { card: 4111111111111111 } }];
    const answer = await guarded.say('sealed', content);
    expect([answer.status, guarded.asked]).toEqual([400, 0]);
  });

  test('W-G20 what is blocked is never cached', async () => {
    guarded.answers(`Take ${CARD}.`);
    const first = await guarded.say('sealed', 'once more');
    guarded.answers('No card here.');
    const second = await guarded.say('sealed', 'once more');
    const third = await guarded.say('sealed', 'once more');
    expect([first, second, third].map((answer) => answer.status)).toEqual([400, 200, 200]);
    expect([first, second, third].map((answer) => answer.headers['cf-aig-cache-status'])).toEqual([
      'MISS',
      'MISS',
      'HIT',
    ]);
    expect(guarded.asked).toBe(1);
  });

  test('W-G20 what is flagged goes through, says so, and is cached; a hit is not looked at', async () => {
    guarded.answers('Write to ada@example.com.');
    const said = 'Who has E-123456?';
    const first = await guarded.say('watched', said);
    const second = await guarded.say('watched', said);
    expect([first.status, second.status, guarded.asked]).toEqual([200, 200, 1]);
    expect(headerIn(first)).toEqual({
      findings: [
        finding('REQUEST', ['p2'], 'staff', ['number']),
        finding('RESPONSE', ['p2'], 'staff', ['mail']),
      ],
      action: 'FLAG',
    });
    expect(first.headers['cf-aig-cache-status']).toBe('MISS');
    expect(headerIn(second)).toBeUndefined();
    expect(second.headers['cf-aig-cache-status']).toBe('HIT');
    expect(second.body.toString()).toBe(first.body.toString());
  });

  test('W-G20 the older form is about both sides and names no policy', async () => {
    const blocked = await guarded.say('older', 'ada@example.com');
    expect([blocked.status, headerIn(blocked)]).toEqual([
      400,
      { findings: [finding('REQUEST', [], 'staff', ['mail'])], action: 'BLOCK' },
    ]);
    guarded.answers('ada@example.com');
    expect((await guarded.say('older', 'hi')).status).toBe(400);
  });

  test('W-G20 rules that are off find nothing', async () => {
    const answer = await guarded.say('off', CARD);
    expect([answer.status, guarded.asked, headerIn(answer)]).toEqual([200, 1, undefined]);
  });

  test('W-G20 logs are found by what was done about data', async () => {
    const blocked = await guarded.say('sealed', CARD);
    const filter = encodeURIComponent(
      JSON.stringify([{ key: 'dlp_action', operator: 'eq', value: ['BLOCK'] }]),
    );
    const found = await guarded.logs('sealed', `?filters=${filter}&per_page=50`);
    const id = blocked.headers['cf-aig-log-id'];
    expect(found).toContainEqual(expect.objectContaining({ id, dlp_action: 'BLOCK' }));
    // The same as the header of the reply.
    expect(await guarded.logOf('sealed', blocked)).toMatchObject({
      dlp: JSON.parse(String(blocked.headers['cf-aig-dlp'])) as object,
    });
    const passed = await guarded.say('sealed', 'no card');
    const log = await guarded.logOf('sealed', passed);
    expect(log).not.toHaveProperty('dlp_action');
    expect(log).not.toHaveProperty('dlp');
  });
});
