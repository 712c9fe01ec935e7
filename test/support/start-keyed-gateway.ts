import type { AccountRecord } from '../../src/access/account-store.ts';
import { Authenticator } from '../../src/access/authenticate.ts';
import type { NewKey } from '../../src/access/create-key.ts';
import { createKey } from '../../src/access/create-key.ts';
import { rotateKey } from '../../src/access/rotate-key.ts';
import { LocalRateLimits } from '../../src/limits/local-rate-limits.ts';
import type { ManualClock } from '../../src/std/manual-clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import { Secret } from '../../src/std/secret.ts';
import { KeysInMemory } from './keys-in-memory.ts';
import { keyRecord } from './key-record.ts';
import type { ClockedGateway, ClockedGatewayOptions } from './start-clocked-gateway.ts';
import { startClockedGateway } from './start-clocked-gateway.ts';

/** A gateway on a real socket whose keys are looked up and whose time stands still. */
export interface KeyedGateway extends ClockedGateway {
  readonly keys: KeysInMemory;
  readonly accounts: Map<string, AccountRecord>;
  /** Makes a key, with what it may do different from what any may. */
  makeKey(more?: MadeKey): Promise<{ readonly id: string; readonly key: string }>;
  /** Gives a key another secret. */
  rotate(id: string, graceMs: number): Promise<string>;
}

export type MadeKey = Partial<Omit<NewKey, 'rights'>> & {
  readonly rights?: Partial<NonNullable<NewKey['rights']>>;
};

/** Starts one in front of an upstream that always says the same, if it is told nothing else. */
export async function startKeyedGateway(
  options: ClockedGatewayOptions = {},
): Promise<KeyedGateway> {
  const keys = new KeysInMemory();
  const accounts = new Map<string, AccountRecord>();
  const pepper = new Secret('pepper');
  const authenticatorOn = (clock: ManualClock): Authenticator =>
    new Authenticator({ store: keys, accounts: { find: (id) => accounts.get(id) }, pepper, clock });
  const gateway = await startClockedGateway({
    ...options,
    parts: (clock) => ({
      authenticator: authenticatorOn(clock),
      rateLimits: new LocalRateLimits(clock),
      ...options.parts?.(clock),
    }),
  });
  const making = { store: keys, pepper, clock: gateway.clock, random: systemRandom() };
  return {
    ...gateway,
    keys,
    accounts,
    async makeKey({ rights, ...more } = {}) {
      const { kind = 'inference' } = more;
      const { scopes, modelIds, allowedCidrs, budget, rate } = keyRecord('any', { kind });
      const all = { scopes, modelIds, allowedCidrs, budget, rate, ...rights };
      const wanted = { environment: 'live', name: 'made', ...more, kind, rights: all } as const;
      const { publicId, key } = await createKey(wanted, making);
      return { id: publicId, key: key.reveal() };
    },
    async rotate(id, graceMs) {
      const minted = await rotateKey(id, graceMs, making);
      if (minted === undefined) throw new Error(`there is no key ${id} to rotate`);
      return minted.key.reveal();
    },
  };
}
