import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerImplementation, OpenedLedger } from './open-books.ts';
import {
  account,
  balance,
  budgetClaim,
  holdOrder,
  settlementOrder,
  transferOrder,
} from './ledger-orders.ts';

interface ModelHold {
  held: bigint;
  state: 'open' | 'settled' | 'released';
  readonly key: string;
  charged: bigint;
}

/** Books that a child could keep: what the real ones have to agree with after every order. */
class Model {
  posted = 0n;
  spent = 0n;
  readonly holds = new Map<string, ModelHold>();
  readonly settled = new Map<string, bigint>();

  get held(): bigint {
    return [...this.holds.values()]
      .filter(({ state }) => state === 'open')
      .reduce((total, { held }) => total + held, 0n);
  }

  get available(): bigint {
    return this.posted - this.held;
  }
}

interface Run {
  opened: OpenedLedger;
  readonly model: Model;
  /** How far down a chargeback took the wallet: no other order may. */
  least: bigint;
}

/** Carries out an order on both books; what the one says, and what the other. */
type Step = (run: Run) => Promise<Said>;
interface Said {
  readonly said: unknown;
  readonly expected: unknown;
}

const limitNanoUsd = 3000n;
const budget = budgetClaim({ limitNanoUsd });
const amount = fc.bigInt(1n, 1200n);
const holdId = fc.integer({ min: 0, max: 5 }).map((index) => `req_${String(index)}`);
const settlementKey = fc.integer({ min: 0, max: 4 }).map((index) => `key_${String(index)}`);
const transferId = fc.integer({ min: 0, max: 20 }).map((index) => `transfer_${String(index)}`);

const openHold = fc
  .record({ holdId, settlementKey, amountNanoUsd: amount })
  .map((chosen): Step => async ({ opened, model }) => {
    const { amountNanoUsd, settlementKey: key } = chosen;
    const { kind } = await opened.ledger.openHold(holdOrder({ ...chosen, budgets: [budget] }));
    if (model.holds.has(chosen.holdId)) return { said: kind, expected: 'exists' };
    const isInBudget = model.spent + model.held + amountNanoUsd <= limitNanoUsd;
    if (model.available < amountNanoUsd || !isInBudget) return { said: kind, expected: 'refused' };
    model.holds.set(chosen.holdId, { held: amountNanoUsd, state: 'open', key, charged: 0n });
    return { said: kind, expected: 'held' };
  });

const extendHold = fc
  .record({ holdId, amountNanoUsd: amount })
  .map((chosen): Step => async ({ opened, model }) => {
    const { expiresAtMs, atMs } = holdOrder();
    const said = await opened.ledger.extendHold({ ...chosen, expiresAtMs, atMs });
    const hold = model.holds.get(chosen.holdId);
    if (hold?.state !== 'open') return { said, expected: { kind: 'resolved' } };
    const left = limitNanoUsd - model.spent - model.held;
    const most = left < model.available ? left : model.available;
    if (chosen.amountNanoUsd <= most) {
      hold.held += chosen.amountNanoUsd;
      return { said, expected: { kind: 'extended', heldNanoUsd: hold.held } };
    }
    const availableNanoUsd = said.kind === 'refused' ? said.availableNanoUsd : undefined;
    return { said: availableNanoUsd, expected: most < 0n ? 0n : most };
  });

const settle = fc
  .record({ holdId, amountNanoUsd: fc.bigInt(0n, 1500n) })
  .map((chosen): Step => async ({ opened, model }) => {
    const upstreamCosts = [{ attempt: 1, upstream: 'one', amountNanoUsd: 3n, isKnown: true }];
    const outcome = await opened.ledger.settle(settlementOrder({ ...chosen, upstreamCosts }));
    const hold = model.holds.get(chosen.holdId);
    if (hold === undefined || hold.state === 'released') {
      return { said: outcome, expected: { kind: 'no_hold' } };
    }
    const { kind } = outcome;
    const charged = kind === 'no_hold' ? undefined : outcome.chargedNanoUsd;
    const first = hold.state === 'settled' ? hold.charged : model.settled.get(hold.key);
    if (first !== undefined) {
      if (hold.state === 'open') hold.state = 'released';
      return { said: [kind, charged], expected: ['already', first] };
    }
    const most = hold.held + (model.available > 0n ? model.available : 0n);
    hold.charged = chosen.amountNanoUsd < most ? chosen.amountNanoUsd : most;
    hold.state = 'settled';
    model.settled.set(hold.key, hold.charged);
    model.posted -= hold.charged;
    model.spent += hold.charged;
    const absorbed = kind === 'no_hold' ? undefined : outcome.absorbedNanoUsd;
    const expected = ['settled', hold.charged, chosen.amountNanoUsd - hold.charged];
    return { said: [kind, charged, absorbed], expected };
  });

const release = holdId.map((chosen): Step => async ({ opened, model }) => {
  const { atMs } = holdOrder();
  const order = { holdId: chosen, why: 'failed', upstreamCosts: [], charge: '', atMs } as const;
  const said = await opened.ledger.release(order);
  const hold = model.holds.get(chosen);
  if (hold === undefined) return { said, expected: { kind: 'no_hold' } };
  if (hold.state !== 'open') return { said, expected: { kind: 'already' } };
  hold.state = 'released';
  return { said, expected: { kind: 'released' } };
});

/** The same id may come again with another amount, or another reason. */
const transfer = fc
  .record({
    transferId,
    amountNanoUsd: amount,
    reason: fc.constantFrom('top_up', 'grant', 'refund', 'chargeback', 'adjust_up', 'adjust_down'),
  })
  .map((chosen): Step => async (run) => {
    const { opened, model } = run;
    const { kind } = await opened.ledger.transfer(transferOrder(chosen));
    const isIn = ['top_up', 'grant', 'adjust_up'].includes(chosen.reason);
    const isForced = chosen.reason === 'chargeback';
    // Which part of the wallet has the money is not for the model to know: only that it was there.
    const mayBeDone = isIn || isForced || model.available >= chosen.amountNanoUsd;
    if (kind !== 'done') return { said: kind, expected: expect.stringMatching(/already|refused/) };
    model.posted += isIn ? chosen.amountNanoUsd : -chosen.amountNanoUsd;
    if (isForced && model.available < run.least) run.least = model.available;
    return { said: mayBeDone, expected: true };
  });

const reopen = fc.constant<Step>(async (run) => {
  run.opened = await run.opened.reopen();
  return { said: true, expected: true };
});

const step = fc.oneof(
  { arbitrary: openHold, weight: 5 },
  { arbitrary: extendHold, weight: 3 },
  { arbitrary: settle, weight: 4 },
  { arbitrary: release, weight: 2 },
  { arbitrary: transfer, weight: 4 },
  { arbitrary: reopen, weight: 1 },
);

/** What the books say of the wallet and the budget, and what the model says. */
async function compare({ opened: { ledger }, model, least }: Run): Promise<Said> {
  const { spentNanoUsd, heldNanoUsd } = await ledger.budget(budget.name, budget.startMs);
  const isBelow = model.available < least;
  return {
    said: [...(await balance(ledger)), spentNanoUsd, heldNanoUsd, isBelow],
    expected: [model.posted, model.held, model.spent, model.held, false],
  };
}

/** Random histories against books kept by the test (L01; reliability §4.2, I1–I5, I11). */
export function describeLedgerProperties({ open }: LedgerImplementation): void {
  describe('the books, whatever happens', () => {
    test('L01 whatever is ordered, in whatever order, adds up', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          const run: Run = { opened: await open(), model: new Model(), least: 0n };
          await run.opened.ledger.openWallet(account, 1);
          for (const take of steps) {
            const { said, expected } = await take(run);
            expect(said).toEqual(expected);
            const both = await compare(run);
            expect(both.said).toEqual(both.expected);
          }
          expect((await run.opened.ledger.verify()).problems).toEqual([]);
          await run.opened.close();
        }),
        { numRuns: 60 },
      );
    });

    test('I11 a history that is replayed as a whole changes nothing', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(amount, { minLength: 1, maxLength: 8 }), async (amounts) => {
          const opened = await open();
          const { ledger } = opened;
          await ledger.openWallet(account, 1);
          const play = async (): Promise<void> => {
            await ledger.transfer(transferOrder({ amountNanoUsd: 2000n }));
            for (const [index, amountNanoUsd] of amounts.entries()) {
              const id = `req_${String(index)}`;
              await ledger.openHold(holdOrder({ holdId: id, amountNanoUsd, budgets: [budget] }));
              await ledger.settle(
                settlementOrder({ holdId: id, amountNanoUsd: amountNanoUsd + 7n }),
              );
            }
          };
          await play();
          const first = await ledger.verify();
          // What was refused for want of money is as it was: nothing came in between.
          await play();
          expect(await ledger.verify()).toEqual(first);
          expect(first.problems).toEqual([]);
          await opened.close();
        }),
        { numRuns: 20 },
      );
    });
  });
}
