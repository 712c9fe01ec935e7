import { resolve as resolvePath } from 'node:path';
import { createKey } from '../access/create-key.ts';
import type { KeyRecord } from '../access/key-store.ts';
import { isActive } from '../access/key-store.ts';
import { systemClock } from '../std/clock.ts';
import { systemRandom } from '../std/random.ts';
import type { Store } from '../store/open-store.ts';
import { openStore } from '../store/open-store.ts';
import type { ConfigFlags } from './load-config.ts';
import { loadConfig } from './load-config.ts';
import { complain, say } from './terminal.ts';

export interface KeyFlags extends ConfigFlags {
  readonly json?: boolean;
}

export interface CreateKeyFlags extends KeyFlags {
  readonly name: string;
  readonly admin?: boolean;
  readonly expiresDays?: number;
}

const DAY_MS = 86_400_000;

/** Makes a key and shows it: the only time it can be seen. */
export async function createKeyCommand(flags: CreateKeyFlags): Promise<void> {
  await withStore(flags, async (store) => {
    const made = await createKey(
      {
        kind: flags.admin === true ? 'admin' : 'inference',
        environment: 'live',
        name: flags.name,
        ...(flags.expiresDays === undefined
          ? {}
          : { expiresAtMs: systemClock.wallMs() + flags.expiresDays * DAY_MS }),
      },
      { store: store.keys, pepper: store.pepper, clock: systemClock, random: systemRandom() },
    );
    const key = made.key.reveal();
    if (flags.json === true) say(JSON.stringify({ id: made.publicId, key }));
    else say(`${key}\n\nThis is shown once. Its id is ${made.publicId}.`);
  });
}

/** Shows what is known of each key, which is everything but the key. */
export async function listKeysCommand(flags: KeyFlags): Promise<void> {
  await withStore(flags, (store) => {
    const rows = store.keys.list().map((record) => describe(record));
    if (flags.json === true) {
      say(JSON.stringify(rows));
    } else if (rows.length === 0) {
      say('There are no keys yet. Make one with: quatrain keys create');
    } else {
      for (const { id, kind, state, created, name } of rows) {
        say(`${id}  ${kind.padEnd(9)}  ${state.padEnd(8)}  ${created}  ${name}`);
      }
    }
    return Promise.resolve();
  });
}

/** Ends a key's life. A running gateway follows within a second. */
export async function revokeKeyCommand(id: string, flags: KeyFlags): Promise<void> {
  await withStore(flags, async (store) => {
    const isRevoked = await store.keys.revoke(id, systemClock.wallMs());
    if (flags.json === true) say(JSON.stringify({ id, revoked: isRevoked }));
    else if (isRevoked) say(`${id} is revoked.`);
    if (!isRevoked) complain(`no active key has the id ${id}; "quatrain keys list" shows them`);
  });
}

function describe(record: KeyRecord): Record<'id' | 'kind' | 'state' | 'created' | 'name', string> {
  const expiredOrActive = isActive(record, systemClock.wallMs()) ? 'active' : 'expired';
  return {
    id: record.publicId,
    kind: record.kind,
    state: record.revokedAtMs === undefined ? expiredOrActive : 'revoked',
    created: new Date(record.createdAtMs).toISOString(),
    name: record.name,
  };
}

async function withStore(flags: ConfigFlags, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore(resolvePath(loadConfig(flags).data_dir), complain);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
