import { describe, expect, test } from 'vitest';
import type { Books } from './open-books.ts';
import {
  account,
  balance,
  holdOrder,
  oneUsd,
  settlementOrder,
  withWallet,
} from './ledger-orders.ts';

const { atMs } = holdOrder();

/** Holds, their settlement and their release, by the wallet reference’s cases. */
export function describeHolds(books: Books): void {
  describe('a hold', () => {
    test('W01 is settled for what was used; the rest comes back', async () => {
      await withWallet(books.ledger);
      expect(await books.ledger.openHold(holdOrder())).toMatchObject({
        kind: 'held',
        wallet: { heldNanoUsd: 64_440_000n, availableNanoUsd: oneUsd - 64_440_000n },
      });
      expect(await balance(books.ledger)).toEqual([oneUsd, 64_440_000n]);
      const outcome = await books.ledger.settle(settlementOrder());
      expect(outcome).toMatchObject({
        kind: 'settled',
        chargedNanoUsd: 621_000n,
        absorbedNanoUsd: 0n,
      });
      expect(await balance(books.ledger)).toEqual([999_379_000n, 0n]);
      expect(await books.ledger.hold('req_1')).toMatchObject({
        state: 'settled',
        chargedNanoUsd: 621_000n,
        charge: '{"input":87,"output":24}',
        resolvedAtMs: atMs + 1000,
      });
    });

    test.each([
      ['W05 of one nano-dollar more than there is', 64_439_999n, 'wallet_exhausted'],
      ['of a wallet without money', 0n, 'wallet_exhausted'],
    ] as const)('%s is refused', async (_case, posted, why) => {
      await withWallet(books.ledger, posted);
      const refused = await books.ledger.openHold(holdOrder());
      expect(refused).toMatchObject({ kind: 'refused', why });
      expect(await balance(books.ledger)).toEqual([posted, 0n]);
      expect(await books.ledger.hold('req_1')).toBeUndefined();
    });

    test('W06 of all that there is, is held', async () => {
      await withWallet(books.ledger, 64_440_000n);
      expect((await books.ledger.openHold(holdOrder())).kind).toBe('held');
    });

    test('W07 of three that fit singly, the one too many waits for the others', async () => {
      await withWallet(books.ledger);
      const amountNanoUsd = 483_000_000n;
      const outcomes = await Promise.all(
        ['a', 'b', 'c'].map((holdId) =>
          books.ledger.openHold(holdOrder({ holdId, amountNanoUsd })),
        ),
      );
      expect(outcomes.map(({ kind }) => kind)).toEqual(['held', 'held', 'refused']);
      expect(outcomes[2]).toMatchObject({ why: 'wallet_held' });
    });

    test('W08 of a hundred at once, as many are held as fit', async () => {
      await withWallet(books.ledger, 10n * 64_440_000n);
      const ids = Array.from({ length: 100 }, (_, index) => `req_${String(index)}`);
      const outcomes = await Promise.all(
        ids.map((holdId) => books.ledger.openHold(holdOrder({ holdId }))),
      );
      expect(outcomes.filter(({ kind }) => kind === 'held')).toHaveLength(10);
      expect(await balance(books.ledger)).toEqual([644_400_000n, 644_400_000n]);
    });

    test('W12 that was too small takes the rest from the wallet', async () => {
      await withWallet(books.ledger, 1000n);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 500n }));
      const outcome = await books.ledger.settle(settlementOrder({ amountNanoUsd: 600n }));
      expect(outcome).toMatchObject({ chargedNanoUsd: 600n, absorbedNanoUsd: 0n });
      expect(await balance(books.ledger)).toEqual([400n, 0n]);
      const rows = await books.ledger.transactions(account, { limit: 10 });
      expect(rows.map(({ kind, amountNanoUsd }) => [kind, amountNanoUsd])).toEqual([
        ['usage', 100n],
        ['usage', 500n],
        ['top_up', 1000n],
      ]);
    });

    test.each([
      ['W13 nothing is left: ours to bear', 500n, 500n, 100n],
      ['a part is left: the rest is ours', 540n, 540n, 60n],
    ] as const)('above which %s', async (_case, posted, charged, absorbed) => {
      await withWallet(books.ledger, posted);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 500n }));
      const outcome = await books.ledger.settle(settlementOrder({ amountNanoUsd: 600n }));
      expect(outcome).toMatchObject({
        kind: 'settled',
        chargedNanoUsd: charged,
        absorbedNanoUsd: absorbed,
      });
      expect(await balance(books.ledger)).toEqual([0n, 0n]);
    });

    test('W15 of what cost nothing is settled without a transfer', async () => {
      await withWallet(books.ledger);
      await books.ledger.openHold(holdOrder());
      const outcome = await books.ledger.settle(settlementOrder({ amountNanoUsd: 0n }));
      expect(outcome).toMatchObject({ kind: 'settled', chargedNanoUsd: 0n });
      expect(await books.ledger.transactions(account, { limit: 10 })).toHaveLength(1);
    });

    test('W16 that is settled twice is posted once', async () => {
      await withWallet(books.ledger);
      await books.ledger.openHold(holdOrder());
      await books.ledger.settle(settlementOrder());
      const again = await books.ledger.settle(settlementOrder({ amountNanoUsd: 5_000_000n }));
      expect(again).toMatchObject({ kind: 'already', chargedNanoUsd: 621_000n });
      expect(await balance(books.ledger)).toEqual([999_379_000n, 0n]);
    });

    test('of the same id is made once', async () => {
      await withWallet(books.ledger);
      const kinds = [
        await books.ledger.openHold(holdOrder()),
        await books.ledger.openHold(holdOrder({ amountNanoUsd: 5n })),
      ].map(({ kind }) => kind);
      expect(kinds).toEqual(['held', 'exists']);
      expect(await balance(books.ledger)).toEqual([oneUsd, 64_440_000n]);
    });

    test('of what another hold has settled is given back', async () => {
      await withWallet(books.ledger);
      const settlementKey = 'batch_1/item_1';
      await books.ledger.openHold(holdOrder({ holdId: 'first', settlementKey }));
      await books.ledger.openHold(holdOrder({ holdId: 'second', settlementKey }));
      await books.ledger.settle(settlementOrder({ holdId: 'first' }));
      // Once more, as where the first answer was lost: it is the same.
      for (let times = 0; times < 2; times += 1) {
        expect(await books.ledger.settle(settlementOrder({ holdId: 'second' }))).toMatchObject({
          kind: 'already',
          chargedNanoUsd: 621_000n,
        });
      }
      expect((await books.ledger.hold('second'))?.state).toBe('released');
      expect(await balance(books.ledger)).toEqual([999_379_000n, 0n]);
    });

    test('L04 that was released cannot be settled', async () => {
      await withWallet(books.ledger);
      await books.ledger.openHold(holdOrder());
      const release = {
        holdId: 'req_1',
        why: 'failed',
        upstreamCosts: [],
        charge: '{}',
        atMs,
      } as const;
      expect(await books.ledger.release(release)).toEqual({ kind: 'released' });
      expect(await books.ledger.release(release)).toEqual({ kind: 'already' });
      expect(await books.ledger.settle(settlementOrder())).toEqual({ kind: 'no_hold' });
      expect(await balance(books.ledger)).toEqual([oneUsd, 0n]);
      expect(() => {
        books.opened.sql(`UPDATE ledger_holds SET state = 'open' WHERE hold_id = 'req_1'`);
      }).toThrow('a hold resolves once');
    });

    test('that nobody made cannot resolve', async () => {
      expect(await books.ledger.settle(settlementOrder())).toEqual({ kind: 'no_hold' });
      const release = { holdId: 'no', why: 'free', upstreamCosts: [], charge: '', atMs } as const;
      expect(await books.ledger.release(release)).toEqual({ kind: 'no_hold' });
    });

    test('of an unknown outcome stays, and is settled when it is known', async () => {
      await withWallet(books.ledger);
      await books.ledger.openHold(holdOrder());
      await books.ledger.leaveUnresolved('req_1', atMs);
      expect((await books.ledger.hold('req_1'))?.state).toBe('unresolved');
      expect(await balance(books.ledger)).toEqual([oneUsd, 64_440_000n]);
      expect((await books.ledger.settle(settlementOrder())).kind).toBe('settled');
    });
  });

  test('what attempts cost us is booked, and what is not known of it as a loss', async () => {
    await withWallet(books.ledger);
    await books.ledger.openHold(holdOrder());
    const upstreamCosts = [
      { attempt: 1, upstream: 'first', amountNanoUsd: 5n, isKnown: false },
      { attempt: 2, upstream: 'second', amountNanoUsd: 7n, isKnown: true },
      { attempt: 3, upstream: 'third', amountNanoUsd: 0n, isKnown: true },
    ];
    await books.ledger.settle(settlementOrder({ upstreamCosts }));
    const audit = await books.ledger.verify();
    expect(audit).toMatchObject({ transfers: 4, openHolds: 0, problems: [] });
    expect(await books.ledger.transactions(account, { limit: 10 })).toHaveLength(2);
  });

  describe('what a process leaves behind', () => {
    test('is found by the next one, the oldest first', async () => {
      await withWallet(books.ledger);
      for (const [index, owner] of ['dead', 'alive', 'dead'].entries()) {
        const holdId = `req_${String(index)}`;
        await books.ledger.openHold(
          holdOrder({ holdId, owner, amountNanoUsd: 5n, atMs: atMs + index }),
        );
      }
      books.opened = await books.opened.reopen();
      const left = await books.ledger.openHolds({ notOf: 'alive', limit: 10 });
      expect(left.map(({ holdId }) => holdId)).toEqual(['req_0', 'req_2']);
      const expired = await books.ledger.openHolds({ expiredAtMs: atMs + 300_000, limit: 2 });
      expect(expired.map(({ holdId }) => holdId)).toEqual(['req_0', 'req_1']);
      const next = await books.ledger.openHolds({ after: 'req_0', limit: 1 });
      expect(next.map(({ holdId }) => holdId)).toEqual(['req_1']);
      expect(await books.ledger.openHolds({ expiredAtMs: atMs, limit: 10 })).toEqual([]);
      expect(await books.ledger.openHolds({ account: 'nobody', limit: 10 })).toEqual([]);
    });

    test('says how far it came; a late checkpoint takes nothing back', async () => {
      await withWallet(books.ledger);
      await books.ledger.openHold(holdOrder());
      const note = { holdId: 'req_1', atMs, costNanoUsd: 5n, seen: '{"output":1}' } as const;
      expect((await books.ledger.hold('req_1'))?.checkpoint).toBeUndefined();
      for (const stage of ['sent', 'final', 'partial'] as const) {
        await books.ledger.checkpoint({ ...note, stage });
      }
      expect((await books.ledger.hold('req_1'))?.checkpoint).toEqual({
        stage: 'final',
        seen: '{"output":1}',
        costNanoUsd: 5n,
        atMs,
      });
    });
  });
}
