import type { PriceClass } from '../../src/catalog/price-store.ts';
import type { TransferOrder } from '../../src/ledger/ledger-store.ts';
import type { Coverage, OperatorKind } from './fault-kinds.ts';
import { operatorKinds } from './fault-kinds.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedCustomers } from './simulated-customers.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface OperatorParts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly coverage: Coverage;
  readonly customers: SimulatedCustomers;
  /** The process that takes orders now, where one does. */
  readonly process: () => SimulatedProcess | undefined;
}

const RETRY_MS = 500;
const PATIENCE_MS = 10_000;
const MINUTE_MS = 60_000;
const wallets = ['rich', 'poor', 'stopping'] as const;

/** Moves money, freezes wallets, sets prices and revokes keys while all else goes on. */
export class SimulatedOperator {
  /** Transfers that the gateway has said are done. */
  readonly acknowledged: Set<string> = new Set();
  readonly #parts: OperatorParts;
  readonly #topUps: { readonly id: string; readonly account: string; readonly amount: bigint }[] =
    [];
  #made = 0;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** Opens a wallet with money in it. */
  open(account: string, amountNano: bigint): void {
    this.#order(
      (process) => process.ledger.openWallet(account, this.#nowMs()),
      () => {
        this.#topUp(account, amountNano);
      },
    );
  }

  act(): void {
    const { random, coverage } = this.#parts;
    const kind = random.pick(operatorKinds);
    coverage.note(`operator ${kind}`);
    this.#acts[kind](random.pick(wallets));
  }

  readonly #acts: Readonly<Record<OperatorKind, (account: string) => void>> = {
    'top-up': (account) => {
      this.#topUp(account, BigInt(this.#parts.random.between(1, 60_000_000)));
    },
    grant: (account) => {
      const amountNanoUsd = BigInt(this.#parts.random.between(1, 20_000_000));
      const expiresAtMs = this.#nowMs() + this.#parts.random.between(1, 10) * MINUTE_MS;
      this.#transfer({ account, reason: 'grant', amountNanoUsd, expiresAtMs });
    },
    refund: (account) => {
      const amountNanoUsd = BigInt(this.#parts.random.between(1, 30_000_000));
      this.#transfer({ account, reason: 'refund', amountNanoUsd });
    },
    correction: (account) => {
      const about = this.#topUps.find((one) => one.account === account);
      if (about === undefined) return;
      const amountNanoUsd = about.amount + BigInt(this.#parts.random.between(1, 1000));
      this.#transfer({ account, reason: 'correction', amountNanoUsd, about: about.id });
    },
    freeze: (account) => {
      this.#setStatus(account, 'frozen', () => {
        this.#parts.time.after(this.#parts.random.between(1, 30_000), () => {
          this.#setStatus(account, 'open', () => {});
        });
      });
    },
    'revoke-key': () => {
      const { random, customers } = this.#parts;
      void customers.replaceKey(random.pick([...customers.keys.keys()]));
    },
    'change-price': () => {
      this.#changePrice();
    },
  };

  #topUp(account: string, amount: bigint): void {
    const id = this.#transfer({ account, reason: 'top_up', amountNanoUsd: amount });
    this.#topUps.push({ id, account, amount });
  }

  #transfer(
    moved: Pick<TransferOrder, 'account' | 'reason' | 'amountNanoUsd' | 'expiresAtMs' | 'about'>,
  ): string {
    this.#made += 1;
    const transferId = `op_${String(this.#made)}`;
    const named = { note: 'simulated', actor: 'operator', transferId, ...moved };
    this.#order(
      (process) => process.ledger.transfer({ ...named, atMs: this.#nowMs() }),
      ({ kind }) => {
        if (kind !== 'refused') this.acknowledged.add(transferId);
      },
    );
    return transferId;
  }

  #setStatus(account: string, status: 'open' | 'frozen', then: () => void): void {
    this.#order((process) => process.ledger.setWalletStatus(account, status, this.#nowMs()), then);
  }

  #changePrice(): void {
    const { random, process } = this.#parts;
    const priceClass: PriceClass = random.pick(['input', 'output', 'cache_write_5m']);
    const fromMs = this.#nowMs() + MINUTE_MS + random.between(0, MINUTE_MS);
    this.#made += 1;
    void process()?.prices.add({
      id: `price_${String(this.#made)}`,
      modelId: random.pick(['claude-sonnet-4-6', 'claude-haiku-4-5-20251001']),
      priceClass,
      nanoUsdPerMillion: BigInt(random.between(100_000_001, 20_000_000_000)),
      tierFromInputTokens: 0,
      planName: undefined,
      effectiveFromMs: fromMs,
      effectiveToMs: fromMs + random.between(1, 5 * MINUTE_MS),
      source: 'simulated',
      createdBy: 'operator',
      createdAtMs: this.#nowMs(),
    });
  }

  /** Asks again, with the same words, until it is told that it is done. */
  #order<Answer>(
    ask: (process: SimulatedProcess) => Promise<Answer>,
    then: (answer: Answer) => void,
  ): void {
    const { time, process } = this.#parts;
    const again = (): void => {
      time.after(RETRY_MS, () => {
        this.#order(ask, then);
      });
    };
    const current = process();
    if (current === undefined) {
      again();
      return;
    }
    let isOver = false;
    const forget = time.after(PATIENCE_MS, () => {
      isOver = true;
      again();
    });
    const once = (next: () => void): void => {
      if (isOver) return;
      isOver = true;
      forget();
      next();
    };
    ask(current).then(
      (answer) => {
        once(() => {
          then(answer);
        });
      },
      () => {
        once(again);
      },
    );
  }

  #nowMs(): number {
    return Math.floor(this.#parts.time.nowMs);
  }
}
