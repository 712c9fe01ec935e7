import { expect, test } from 'vitest';
import { plans } from '../../src/catalog/plans.ts';
import { ACCOUNT, openBillingRig } from '../support/billing-rig.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { startKeyedGateway } from '../support/start-keyed-gateway.ts';

/** Budgets of keys: wallet reference §13.A, over sockets and with the real books. */

const WALLET = 1_000_000_000n;
const DAY_MS = 86_400_000;

test('K18 K19 a budget that a hold does not fit refuses until the next day, and no wallet is touched', async () => {
  const rig = await openBillingRig({ walletNanoUsd: WALLET });
  const gateway = await startKeyedGateway({
    clock: rig.clock,
    parts: () => ({ billing: rig.billing, plans: { find: () => plans.prepaid } }),
  });
  try {
    const account = { id: ACCOUNT, name: 'Acme', planName: 'prepaid', status: 'open' } as const;
    gateway.accounts.set(ACCOUNT, { ...account, createdAtMs: 1 });
    const budget = { limitNanoUsd: 1_000_000n, period: 'day' } as const;
    const { key } = await gateway.makeKey({ accountId: ACCOUNT, rights: { budget } });
    const ask = (maxTokens: number): Promise<RawAnswer> =>
      sendRaw(`${gateway.url}/v1/messages`, {
        headers: {
          'x-api-key': key,
          'anthropic-version': '2023-06-01',
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          model: 'claude-sonnet-4-6',
          max_tokens: maxTokens,
          stream: true,
          messages: [{ role: 'user', content: 'Hi' }],
        }),
      });
    const refused = await ask(1000);
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      error: {
        type: 'permission_error',
        code: 'key_budget_exceeded',
        limit_nano: '1000000',
        resets_at: '2026-11-02T00:00:00.000Z',
      },
    });
    expect(refused.headers['retry-after']).toBeUndefined();
    expect(await rig.wallet()).toMatchObject({ postedNanoUsd: WALLET, heldNanoUsd: 0n });
    expect(gateway.asked()).toBe(0);

    // The stream says 42 tokens of output: most of the budget.
    expect((await ask(42)).status).toBe(200);
    expect((await ask(42)).status).toBe(403);
    rig.clock.advance(DAY_MS);
    expect((await ask(42)).status).toBe(200);
  } finally {
    await gateway.stop();
  }
});
