import { createKey } from '../../src/access/create-key.ts';
import { systemClock } from '../../src/std/clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { TestGateway } from './start-test-gateway.ts';

/** Another account's key: made as the command does it, beside the running gateway. */
export async function makeSecondKey(gateway: TestGateway): Promise<string> {
  const store = await openStore(gateway.dataDir, (reason) => {
    throw new Error(reason);
  });
  try {
    const { key } = await createKey(
      { kind: 'inference', environment: 'live', name: 'second' },
      { store: store.keys, pepper: store.pepper, clock: systemClock, random: systemRandom() },
    );
    return key.reveal();
  } finally {
    await store.close();
  }
}
