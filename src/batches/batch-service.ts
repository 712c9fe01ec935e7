import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import type { DecodedExchange, Walk } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { MessageBatch } from '../messages/message-batch.ts';
import type { HeaderList, Operation, UpstreamAnswer } from '../messages/upstream.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { Clock, Timer } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import type { QueueBounds } from '../store/sqlite-batch-store.ts';
import type { Log } from '../telemetry/log.ts';
import { BATCH_DONE_HEADER, batchObject } from './batch-object.ts';
import { BatchRunner } from './batch-runner.ts';
import type { BatchFiles, BatchStore } from './batch-store.ts';
import { createBatch } from './create-batch.ts';
import { listBatches } from './list-batches.ts';
import { recoverBatches, sweepBatches } from './tend-batches.ts';

export interface BatchServiceOptions {
  readonly store: BatchStore;
  readonly files: BatchFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** The settings of the moment. */
  readonly limits: () => QueueBounds & { readonly concurrency: number };
  readonly keepsRequestLog: boolean;
}

type BatchOperation = Extract<Operation, `batches.${string}`>;
type Answered = Promise<UpstreamAnswer | Refusal> | UpstreamAnswer | Refusal;

const SWEEP_MS = 10_000;
/** What the API advises whoever polls. */
const POLL_SECONDS = '10';
const plainHost = /^[A-Za-z0-9_.:[\]-]{1,255}$/;

/** Message batches that the gateway keeps for its accounts; API reference §1.1, §1.5. */
export class BatchService {
  readonly #options: BatchServiceOptions;
  readonly #runner: BatchRunner;
  readonly #operations: Readonly<Record<BatchOperation, (exchange: DecodedExchange) => Answered>>;
  #sweepTimer: Timer | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  /** Whether batches run in this process; where not, whoever has them sees what is made here. */
  #isClaimed = false;
  #isStopped = false;

  constructor(options: BatchServiceOptions) {
    this.#options = options;
    this.#runner = new BatchRunner({
      ...options,
      concurrency: () => options.limits().concurrency,
    });
    this.#operations = {
      'batches.create': (exchange) => this.#create(exchange),
      'batches.list': (exchange) => this.#list(exchange),
      'batches.get': (exchange) => this.#get(exchange),
      'batches.results': (exchange) => this.#results(exchange),
      'batches.cancel': (exchange) => this.#cancel(exchange),
      'batches.delete': (exchange) => this.#delete(exchange),
    };
  }

  /** Clears away what a crash left behind and knows what is to be done; nothing runs yet. */
  async recover(): Promise<void> {
    this.#isClaimed = this.#options.files.claim();
    if (!this.#isClaimed) this.#options.log.warn('batches_run_elsewhere', {});
    else await recoverBatches({ ...this.#options, runner: this.#runner });
  }

  /** From here on batches run; their items take this walk. */
  start(walk: Walk): void {
    if (!this.#isClaimed) return;
    this.#runner.start(walk);
    this.#sweep();
  }

  /** Begins nothing more; resolves when what runs has ended and is durable. */
  async drain(): Promise<void> {
    await this.#runner.drain();
  }

  /** Ends now; what is cut runs again after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#sweepTimer?.cancel();
    await this.#runner.stop();
    await this.#sweeping;
    this.#options.files.release();
  }

  /** Begins no more of it, whoever's it is; no where it was canceled before, has ended, or is not there. */
  async cancel(id: string): Promise<boolean> {
    const { store, clock } = this.#options;
    const isNew = await store.cancel(id, clock.wallMs());
    if (isNew) this.#runner.close(id, 'canceled');
    return isNew;
  }

  async serve(exchange: DecodedExchange): Promise<UpstreamAnswer | Refusal> {
    const { operation } = exchange.request;
    if (!isBatchOperation(operation, this.#operations)) return refusal('not_found');
    if (exchange.request.headers['anthropic-version'] === undefined) {
      return refusal('invalid_request', ruleTexts.versionMissing);
    }
    return this.#operations[operation](exchange);
  }

  async #create(exchange: DecodedExchange): Promise<UpstreamAnswer | Refusal> {
    const batch = await createBatch(exchange, { ...this.#options, bounds: this.#options.limits() });
    if (isRefusal(batch)) return batch;
    if (this.#isClaimed) this.#runner.add(batch);
    return jsonAnswer(batchObject(batch, originOf(exchange)));
  }

  #list(exchange: DecodedExchange): Answered {
    const page = listBatches(targetOf(exchange).searchParams, {
      account: exchange.principal.account,
      origin: originOf(exchange),
      store: this.#options.store,
    });
    return isRefusal(page) ? page : jsonAnswer(page);
  }

  #get(exchange: DecodedExchange): Answered {
    const batch = this.#find(exchange);
    if (isRefusal(batch)) return batch;
    const advice = batch.status === 'ended' ? [] : this.#adviceFor(batch);
    return jsonAnswer(batchObject(batch, originOf(exchange)), advice);
  }

  #adviceFor({ id }: MessageBatch): HeaderList {
    const done = this.#runner.doneOf(id);
    const told = done === undefined ? [] : [BATCH_DONE_HEADER, String(done)];
    return ['retry-after', POLL_SECONDS, ...told];
  }

  #results(exchange: DecodedExchange): Answered {
    const batch = this.#find(exchange);
    if (isRefusal(batch)) return batch;
    if (batch.status !== 'ended' || batch.archivedAtMs !== undefined) {
      return refusal('not_found', ruleTexts.batchWithoutResults(batch.id));
    }
    const headers = [
      'content-type',
      'application/x-jsonl',
      'content-disposition',
      `attachment; filename*=utf-8''${batch.id}_results.jsonl`,
      'content-length',
      String(batch.resultsBytes),
    ];
    return answer(headers, this.#options.files.readResults(batch.id, batch.resultsBytes));
  }

  async #cancel(exchange: DecodedExchange): Promise<UpstreamAnswer | Refusal> {
    const { store, clock } = this.#options;
    const batch = this.#find(exchange);
    if (isRefusal(batch)) return batch;
    if (await store.cancel(batch.id, clock.wallMs())) {
      // As it is now: it may end before anybody looks again.
      const canceling = this.#find(exchange);
      this.#runner.close(batch.id, 'canceled');
      return isRefusal(canceling)
        ? canceling
        : jsonAnswer(batchObject(canceling, originOf(exchange)));
    }
    const current = this.#find(exchange);
    if (isRefusal(current)) return current;
    if (current.status === 'ended') {
      return refusal('invalid_request', ruleTexts.batchEnded(batch.id));
    }
    return jsonAnswer(batchObject(current, originOf(exchange)));
  }

  async #delete(exchange: DecodedExchange): Promise<UpstreamAnswer | Refusal> {
    const { store, files } = this.#options;
    const batch = this.#find(exchange);
    if (isRefusal(batch)) return batch;
    if (batch.status !== 'ended') return refusal('invalid_request', ruleTexts.batchNotEnded);
    const isRemoved = await store.remove(batch.id);
    if (!isRemoved) return refusal('not_found', ruleTexts.batchUnknown(batch.id));
    await files.remove(batch.id);
    return jsonAnswer({ id: batch.id, type: 'message_batch_deleted' });
  }

  #find(exchange: DecodedExchange): MessageBatch | Refusal {
    const id = targetOf(exchange).pathname.split('/')[4] ?? '';
    const found = this.#options.store.find(exchange.principal.account, id);
    return found ?? refusal('not_found', ruleTexts.batchUnknown(id));
  }

  #sweep(): void {
    const { log, clock } = this.#options;
    this.#sweeping = sweepBatches({ ...this.#options, runner: this.#runner })
      .catch((error: unknown) => {
        log.error('batch_sweep_failed', { reason: String(error) });
      })
      .then(() => {
        if (this.#isStopped) return;
        this.#sweepTimer = clock.after(SWEEP_MS, () => {
          this.#sweep();
        });
      });
  }
}

function isBatchOperation(
  operation: Operation,
  operations: Readonly<Record<BatchOperation, unknown>>,
): operation is BatchOperation {
  return Object.hasOwn(operations, operation);
}

function targetOf({ call }: DecodedExchange): URL {
  return new URL(call.request.path, 'http://gateway');
}

/** The gateway as the caller reached it, as far as the request says; what it says goes to nobody else. */
function originOf({ request: { headers } }: DecodedExchange): string {
  const { host, 'x-forwarded-proto': scheme } = headers;
  const isPlain = typeof host === 'string' && plainHost.test(host);
  return `${scheme === 'https' ? 'https' : 'http'}://${isPlain ? host : 'localhost'}`;
}

function jsonAnswer(value: object, more: HeaderList = []): UpstreamAnswer {
  const headers = ['content-type', 'application/json', ...more];
  return answer(headers, sourceOf(Buffer.from(JSON.stringify(value))));
}

function answer(headers: HeaderList, body: ByteSource): UpstreamAnswer {
  return { kind: 'answer', status: 200, headers, isEventStream: false, body };
}
