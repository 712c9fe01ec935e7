import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

/** A store that is gone once it is closed: for an emulator inside a test suite. */
export async function openTemporaryStore(
  onWriterDeath: (reason: string) => void,
): Promise<
  Pick<Store, 'files' | 'fileBodies' | 'batches' | 'batchFiles' | 'idempotency' | 'close'>
> {
  const directory = mkdtempSync(join(tmpdir(), 'quatrain-emulator-'));
  const store = await openStore(directory, onWriterDeath);
  return {
    files: store.files,
    fileBodies: store.fileBodies,
    batches: store.batches,
    batchFiles: store.batchFiles,
    idempotency: store.idempotency,
    async close(): Promise<void> {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
