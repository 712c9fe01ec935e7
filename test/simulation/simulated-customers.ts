import type { AccountRecord } from '../../src/access/account-store.ts';
import { createKey } from '../../src/access/create-key.ts';
import type { KeyRights } from '../../src/access/key-store.ts';
import { grantableScopes } from '../../src/access/scopes.ts';
import type { StoredPlan } from '../../src/catalog/plan-store.ts';
import { plans } from '../../src/catalog/plans.ts';
import type { Clock } from '../../src/std/clock.ts';
import { Secret } from '../../src/std/secret.ts';
import { KeysInMemory } from '../support/keys-in-memory.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What a customer of the simulation is like. */
interface Customer {
  readonly plan: 'prepaid' | 'standard' | 'stopping';
  /** To begin with; nothing for who pays no wallet. */
  readonly walletNano: bigint | undefined;
  readonly keys: Readonly<Record<string, Partial<KeyRights>>>;
}

const USD = 1_000_000_000n;

export const customers: Readonly<Record<string, Customer>> = {
  rich: {
    plan: 'prepaid',
    walletNano: 20n * USD,
    keys: {
      'rich-plain': {},
      'rich-limited': { rate: { requestsPerMinute: 30, concurrency: 3 } },
      'rich-tokens': { rate: { inputTokensPerMinute: 20_000, outputTokensPerMinute: 20_000 } },
    },
  },
  poor: {
    plan: 'prepaid',
    walletNano: USD / 50n,
    keys: {
      'poor-plain': {},
      'poor-budgeted': { budget: { limitNanoUsd: USD / 20n, period: 'day' } },
    },
  },
  stopping: {
    plan: 'stopping',
    walletNano: USD / 20n,
    keys: { 'stopping-plain': {} },
  },
  metered: {
    plan: 'standard',
    walletNano: undefined,
    keys: { 'metered-budgeted': { budget: { limitNanoUsd: USD / 10n, period: 'day' } } },
  },
};

/** Basis points on top, by plan. */
export const markups: Readonly<Record<Customer['plan'], number>> = {
  prepaid: 0,
  standard: 0,
  stopping: 2500,
};

/** A key that customers use, or used until it was revoked. */
export interface KnownKey {
  readonly publicId: string;
  readonly account: string;
  readonly text: string;
}

/** Accounts, plans and keys: what outlives every process without a fault. */
export class SimulatedCustomers {
  readonly store: KeysInMemory = new KeysInMemory();
  readonly pepper: Secret = new Secret('simulated pepper');
  readonly accounts: ReadonlyMap<string, AccountRecord>;
  readonly storedPlans: ReadonlyMap<string, StoredPlan>;
  readonly keys: Map<string, KnownKey> = new Map();
  /** Keys that do not work any more, and since when. */
  readonly revoked: { readonly key: KnownKey; readonly atMs: number }[] = [];
  readonly #clock: Clock;
  readonly #random: SeededRandom;

  constructor(clock: Clock, random: SeededRandom) {
    this.#clock = clock;
    this.#random = random;
    this.accounts = new Map(
      Object.entries(customers).map(([id, { plan }]) => [
        id,
        { id, name: id, planName: plan, status: 'open', createdAtMs: 0 },
      ]),
    );
    const stopping: StoredPlan = {
      ...plans.prepaid,
      name: 'stopping',
      markupBasisPoints: markups.stopping,
      onExhausted: 'stop',
      createdAtMs: 0,
      modifiedAtMs: 0,
    };
    this.storedPlans = new Map([['stopping', stopping]]);
  }

  async open(): Promise<void> {
    for (const { keys } of Object.values(customers)) {
      for (const name of Object.keys(keys)) await this.makeKey(name);
    }
  }

  async makeKey(name: string): Promise<void> {
    const found = Object.entries(customers).find(([, { keys }]) => name in keys);
    if (found === undefined) throw new Error(`nobody has a key ${name}`);
    const [account, { keys }] = found;
    const rights: KeyRights = {
      scopes: grantableScopes.inference,
      modelIds: null,
      allowedCidrs: null,
      budget: null,
      rate: null,
      ...keys[name],
    };
    const { store, pepper } = this;
    const made = await createKey(
      { kind: 'inference', environment: 'live', name, accountId: account, rights },
      { store, pepper, clock: this.#clock, random: this.#random },
    );
    this.keys.set(name, { publicId: made.publicId, account, text: made.key.reveal() });
  }

  /** The key stops to work, and its owner gets another one. */
  async replaceKey(name: string): Promise<void> {
    const key = this.keys.get(name);
    if (key === undefined) return;
    const atMs = this.#clock.wallMs();
    await this.store.revoke(key.publicId, atMs);
    this.revoked.push({ key, atMs });
    await this.makeKey(name);
  }
}
