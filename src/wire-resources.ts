import { BatchService } from './batches/batch-service.ts';
import type { Config } from './config/config.ts';
import { FileExpiry } from './files/expire-files.ts';
import { FileService } from './files/file-service.ts';
import { KeptFileReader } from './files/kept-file-reader.ts';
import type { AccountResources } from './gateway/account-resources.ts';
import type { Walk } from './gateway/exchange.ts';
import { refusal } from './messages/errors.ts';
import type { Clock } from './std/clock.ts';
import type { Random } from './std/random.ts';
import type { Store } from './store/open-store.ts';
import type { Log } from './telemetry/log.ts';

/** What the gateway keeps for its accounts. */
export interface WiredResources {
  readonly resources: AccountResources;
  readonly files: KeptFileReader;
  /** Clears away what a crash left; before the first request. */
  start(): Promise<void>;
  /** From here on what batches ask for is run. */
  run(walk: Walk): void;
  /** Begins no more of a batch; whether that is new. */
  cancelBatch(id: string): Promise<boolean>;
  /** Begins nothing more; resolves when what runs has ended. */
  drain(): Promise<void>;
  /** Ends now what runs; before the upstreams close. Idempotent. */
  close(): Promise<void>;
}

/** What the configuration says of batches and files. */
export interface ResourceConfig extends Pick<Config, 'batches' | 'files'> {
  readonly request_log: Pick<Config['request_log'], 'enabled'>;
}

export interface ResourceWiring {
  readonly store: Pick<Store, 'files' | 'fileBodies' | 'batches' | 'batchFiles'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** The configuration in force. */
  readonly config: () => ResourceConfig;
}

/** Makes the services behind `accountOperations`, each found by the first part of the operation. */
export function wireResources({
  store,
  clock,
  log,
  random,
  config,
}: ResourceWiring): WiredResources {
  const { files: rows, fileBodies: bodies } = store;
  const expiry = new FileExpiry({ rows, bodies, clock, log });
  const batches = new BatchService({
    store: store.batches,
    files: store.batchFiles,
    clock,
    log,
    random,
    limits: () => batchLimits(config()),
    // Fixed at the start, as the request log itself is.
    keepsRequestLog: config().request_log.enabled,
  });
  const services: Readonly<Record<string, Pick<AccountResources, 'serve'>>> = {
    files: new FileService({ rows, bodies, clock, random, limits: () => fileLimits(config()) }),
    batches,
  };
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await batches.stop();
    await expiry.close();
  };
  return {
    resources: {
      name: 'gateway',
      async serve(exchange) {
        const [kind = ''] = exchange.request.operation.split('.');
        const service = Object.hasOwn(services, kind) ? services[kind] : undefined;
        return service === undefined ? refusal('not_found') : service.serve(exchange);
      },
    },
    files: new KeptFileReader(rows, bodies, clock),
    async start() {
      await batches.recover();
      await expiry.start();
    },
    run: (walk) => {
      batches.start(walk);
    },
    cancelBatch: (id) => batches.cancel(id),
    drain: () => batches.drain(),
    close: () => (closing ??= close()),
  };
}

function batchLimits({
  batches,
}: ResourceConfig): ReturnType<ConstructorParameters<typeof BatchService>[0]['limits']> {
  return {
    concurrency: batches.concurrency,
    batchesMax: batches.account_batches_max,
    requestsMax: batches.account_requests_max,
    bytesMax: batches.account_bytes_max,
  };
}

function fileLimits({
  files,
}: ResourceConfig): ReturnType<ConstructorParameters<typeof FileService>[0]['limits']> {
  return {
    fileBytesMax: files.bytes_max,
    accountBytesMax: files.account_bytes_max,
    accountFilesMax: files.account_files_max,
    uploadsMax: files.uploads_max,
  };
}
