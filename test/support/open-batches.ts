import { rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Authenticator } from '../../src/access/authenticate.ts';
import { createKey } from '../../src/access/create-key.ts';
import { BatchService } from '../../src/batches/batch-service.ts';
import { plans } from '../../src/catalog/plans.ts';
import { messagesDialect } from '../../src/dialects/messages/messages-dialect.ts';
import type { Walk } from '../../src/gateway/exchange.ts';
import { serveRequest } from '../../src/gateway/serve-request.ts';
import { WindowLimiter } from '../../src/limits/window-limiter.ts';
import type { Refusal } from '../../src/messages/errors.ts';
import { refusal } from '../../src/messages/errors.ts';
import type {
  Operation,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../src/messages/upstream.ts';
import { collect, sourceOf } from '../../src/std/byte-stream.ts';
import type { Cancellation } from '../../src/std/cancellation.ts';
import { uncancelled } from '../../src/std/cancellation.ts';
import { newRequestId } from '../../src/std/ids.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import type { Store } from '../../src/store/open-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { makeDataDir } from './make-data-dir.ts';

export type AnswerItem = (
  request: UpstreamRequest,
  cancellation: Cancellation,
) => Promise<UpstreamAnswer | Refusal>;

export interface OpenBatchesOptions {
  /** What the upstream says to an item. */
  readonly answer: AnswerItem;
  readonly concurrency?: number;
  readonly requestsMax?: number;
  /** Of an earlier process: its clock and its directory. */
  readonly clock?: ManualClock;
  readonly directory?: string;
}

/** What a call to the gateway came back with. */
export interface CalledBatches {
  readonly status: number;
  readonly headers: readonly string[];
  readonly text: string;
}

/** The service of batches over a store on disk and a clock that stands still, without a socket. */
export interface OpenBatches {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly service: BatchService;
  readonly directory: string;
  readonly walk: Walk;
  call(operation: Operation, path: string, body?: unknown): Promise<CalledBatches>;
  /** The same with another account's key. */
  callAsOther(operation: Operation, path: string, body?: unknown): Promise<CalledBatches>;
  /** Makes a batch of these items and returns its id. */
  create(customIds: readonly string[]): Promise<string>;
  createAsOther(customIds: readonly string[]): Promise<string>;
  /** What the batch is now. */
  get(id: string): Promise<Record<string, unknown>>;
  /** The results by custom_id: the type, or the error's message. */
  results(id: string): Promise<Record<string, string>>;
  until(isSo: () => boolean | Promise<boolean>): Promise<void>;
  ended(id: string): Promise<Record<string, unknown>>;
  /** As a process ends that is killed: nothing more becomes durable. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** How often a test looks before it takes for granted that nothing more will come. */
const LOOKS_MAX = 20_000;

export function messageAnswer(
  text = '{"type":"message","content":[],"usage":{"output_tokens":1}}',
): UpstreamAnswer {
  return {
    kind: 'answer',
    status: 200,
    headers: ['content-type', 'application/json'],
    isEventStream: false,
    body: sourceOf(Buffer.from(text)),
  };
}

export async function openBatches(options: OpenBatchesOptions): Promise<OpenBatches> {
  const directory = options.directory ?? makeDataDir();
  const clock = options.clock ?? new ManualClock();
  const store = await openStore(directory, (reason) => {
    throw new Error(reason);
  });
  const random = systemRandom();
  const log = createLog({ clock, level: () => 'error', write: () => {} });
  const service = new BatchService({
    store: store.batches,
    files: store.batchFiles,
    clock,
    log,
    random,
    limits: () => ({
      concurrency: options.concurrency ?? 2,
      batchesMax: 20,
      requestsMax: options.requestsMax ?? 1000,
      bytesMax: 1_000_000,
    }),
    keepsRequestLog: true,
  });
  const upstream: Upstream = {
    name: 'up',
    keepsAccountResources: false,
    seesGatewayFiles: true,
    send: options.answer,
    close: () => Promise.resolve(),
  };
  const walk: Walk = {
    clock,
    random,
    log,
    requestLog: { record: () => {}, dropped: 0 },
    metrics: new Metrics({ inFlight: () => 0, logRowsDropped: () => 0 }),
    authenticator: new Authenticator({ store: store.keys, pepper: store.pepper, clock }),
    limiter: new WindowLimiter(clock),
    resources: { name: 'gateway', serve: (exchange) => service.serve(exchange) },
    settings: () => ({
      bodyBytesMax: 10_000,
      batchBytesMax: 1_000_000,
      answerBytesMax: 10_000,
      jsonBounds: { depthMax: 16, keysMax: 1000 },
      plan: plans.standard,
      profile: 'launch',
      chatCompletions: { flavour: 'aimlapi' },
      workersAi: { content: 'relaxed' },
      upstreams: { byName: new Map([['up', upstream]]), defaultName: 'up' },
    }),
  };
  const keys = await keysOf(store, clock);
  await service.recover();
  service.start(walk);

  const callWith =
    (key: string) =>
    async (operation: Operation, path: string, body?: unknown): Promise<CalledBatches> => {
      const reply = await serveRequest(
        {
          id: newRequestId(random, clock.wallMs()),
          dialect: messagesDialect,
          operation,
          method: 'POST',
          upstreamPath: `/v1/messages/batches${path}`,
          headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01', host: 'gateway.test' },
          body: { read: () => Promise.resolve(Buffer.from(JSON.stringify(body ?? {}))) },
          cancellation: uncancelled,
        },
        walk,
      );
      const { status, headers } = reply;
      if (reply.body instanceof Uint8Array) {
        return { status, headers, text: Buffer.from(reply.body).toString() };
      }
      const collected = await collect(reply.body, 10_000_000, uncancelled);
      if (collected.kind === 'fault') throw new Error(collected.fault.detail);
      return { status, headers, text: Buffer.from(collected.bytes).toString() };
    };
  const call = callWith(keys[0] ?? '');
  const callAsOther = callWith(keys[1] ?? '');
  const createWith =
    (caller: typeof call) =>
    async (customIds: readonly string[]): Promise<string> => {
      const made = await caller('batches.create', '', batchOf(customIds));
      if (made.status !== 200) throw new Error(made.text);
      return (JSON.parse(made.text) as { id: string }).id;
    };
  const get = async (id: string): Promise<Record<string, unknown>> =>
    JSON.parse((await call('batches.get', `/${id}`)).text) as Record<string, unknown>;
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      if (await isSo()) return;
      await setImmediate();
    }
    throw new Error('it did not come to that');
  };
  const stop = async (): Promise<void> => {
    await service.stop();
    await store.close();
  };
  return {
    clock,
    store,
    service,
    directory,
    walk,
    call,
    callAsOther,
    create: createWith(call),
    createAsOther: createWith(callAsOther),
    get,
    until,
    stop,
    async ended(id) {
      await until(async () => (await get(id))['processing_status'] === 'ended');
      return get(id);
    },
    async results(id) {
      const { text } = await call('batches.results', `/${id}/results`);
      return Object.fromEntries(
        text
          .trimEnd()
          .split('\n')
          .map((line) => resultOf(line)),
      );
    },
    async remove() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function batchOf(customIds: readonly string[]): object {
  return {
    requests: customIds.map((id) => ({
      custom_id: id,
      params: {
        model: 'claude-sonnet-4-6',
        max_tokens: 5,
        messages: [],
        metadata: { user_id: id },
      },
    })),
  };
}

/** Which item of a batch a request to the upstream is. */
export function customIdOf({ body }: UpstreamRequest): string {
  const { metadata } = JSON.parse(Buffer.from(body).toString()) as {
    metadata: { user_id: string };
  };
  return metadata.user_id;
}

function resultOf(line: string): [string, string] {
  const { custom_id: id, result } = JSON.parse(line) as {
    custom_id: string;
    result: { type: string; error?: { error: { message: string } } };
  };
  return [id, result.error?.error.message ?? result.type];
}

async function keysOf(store: Store, clock: ManualClock): Promise<readonly string[]> {
  const making = { store: store.keys, pepper: store.pepper, clock, random: systemRandom() };
  const keys: string[] = [];
  for (const name of ['one', 'two']) {
    const wanted = { kind: 'inference', environment: 'dev', name } as const;
    keys.push((await createKey(wanted, making)).key.reveal());
  }
  return keys;
}

/** An upstream that answers when it is told to. */
export class HeldUpstream {
  readonly asked: string[] = [];
  readonly #waiting = new Map<string, (answer: UpstreamAnswer) => void>();

  readonly answer: AnswerItem = (request, cancellation) =>
    new Promise((resolve) => {
      const id = customIdOf(request);
      this.asked.push(id);
      this.#waiting.set(id, resolve);
      cancellation.onCancel(() => {
        resolve(refusal('upstream_failed'));
      });
    });

  release(...ids: readonly string[]): void {
    for (const id of ids) this.#waiting.get(id)?.(messageAnswer());
  }
}

/** Lets what was begun come to rest: disk and the writer thread take their turns. */
export async function rest(batches: OpenBatches): Promise<void> {
  let turns = 0;
  // A sweep writes in another thread, which takes its time; its timer is set again when it is through.
  await batches.until(() => (turns += 1) > 200 && batches.clock.pendingTimers > 0);
}
