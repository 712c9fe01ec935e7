import type { EmulatorFile } from './emulator/emulator-file.ts';
import type { AccountResources } from './gateway/account-resources.ts';
import type { DecodedExchange, Walk } from './gateway/exchange.ts';
import type { Refusal } from './messages/errors.ts';
import type { UpstreamAnswer } from './messages/upstream.ts';
import { systemRandom } from './std/random.ts';
import type { ResourceConfig, WiredResources } from './wire-resources.ts';

interface OpenedResources {
  readonly wired: WiredResources;
  readonly close: () => Promise<void>;
}

/** Bounds for a test suite: what it makes goes with it. */
const config: ResourceConfig = {
  request_log: { enabled: false },
  files: {
    bytes_max: 500 * 1024 * 1024,
    account_bytes_max: 10 * 1024 ** 3,
    account_files_max: 10_000,
    uploads_max: 32,
  },
  batches: {
    concurrency: 16,
    account_batches_max: 1000,
    account_requests_max: 1_000_000,
    account_bytes_max: 10 * 1024 ** 3,
  },
};

/**
 * Batches and files of an emulator inside a test suite. Most suites use neither, so their store is
 * opened when the first one is asked for, and a start costs nothing for it.
 */
export class EmulatorResources implements AccountResources {
  readonly name = 'emulator';
  #opening: Promise<OpenedResources> | undefined;
  #opened: OpenedResources | undefined;

  async serve(exchange: DecodedExchange): Promise<UpstreamAnswer | Refusal> {
    this.#opening ??= this.#open(exchange.walk);
    try {
      const { wired } = await this.#opening;
      return await wired.resources.serve(exchange);
    } catch (error) {
      // A store that could not be opened is tried again, and is nothing that a stop would close.
      if (this.#opened === undefined) this.#opening = undefined;
      throw error;
    }
  }

  findFile(account: string, id: string): EmulatorFile | undefined {
    return this.#opened?.wired.files.lookUp(account, id);
  }

  async close(): Promise<void> {
    const opened = await this.#opening;
    await opened?.close();
  }

  async #open(walk: Walk): Promise<OpenedResources> {
    const { clock, log } = walk;
    const [{ wireResources }, { openTemporaryStore }] = await Promise.all([
      import('./wire-resources.ts'),
      import('./store/temporary-store.ts'),
    ]);
    const store = await openTemporaryStore((reason) => {
      log.error('store_died', { reason });
    });
    const wired = wireResources({
      store,
      clock,
      log,
      random: systemRandom(),
      config: () => config,
    });
    await wired.start();
    wired.run(walk);
    this.#opened = {
      wired,
      close: async () => {
        await wired.close();
        await store.close();
      },
    };
    return this.#opened;
  }
}
