import type { Server } from 'node:http';
import { anyCredential } from '../../src/access/any-credential.ts';
import { plans } from '../../src/catalog/plans.ts';
import type { Walk } from '../../src/gateway/exchange.ts';
import { PendingSettlements } from '../../src/gateway/pending-settlements.ts';
import { serveRequest } from '../../src/gateway/serve-request.ts';
import { ApiRequests } from '../../src/http/api-requests.ts';
import { createApiServer } from '../../src/http/api-server.ts';
import { listenOn } from '../../src/listen-on.ts';
import { WindowLimiter } from '../../src/limits/window-limiter.ts';
import type { Upstream } from '../../src/messages/upstream.ts';
import { UpstreamHealth } from '../../src/routing/upstream-health.ts';
import type { Random } from '../../src/std/random.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { RequestRecord } from '../../src/telemetry/request-log.ts';
import { noMetrics } from '../../src/telemetry/request-metrics.ts';
import { createAnthropicUpstream } from '../../src/upstreams/anthropic/anthropic-upstream.ts';
import { Http1Transport } from '../../src/upstreams/http1/http1-transport.ts';
import type { Transport, TransportResult } from '../../src/upstreams/transport.ts';
import type { BillingRig } from './billing-rig.ts';
import { openBillingRig } from './billing-rig.ts';

/** Small, so that money can run out in the midst of an answer. */
export const SLICE_TOKENS = 512;
const BYTES_MAX = 4_000_000;
const MINUTE_MS = 60_000;
const CONNECT_MS = 30_000;

/** One attempt, as the wire between gateway and upstream knows it. */
export interface SentAttempt {
  readonly upstream: string;
  /** Content that the gateway has taken. */
  readBytes: number;
  isOver: boolean;
  isCancelled: boolean;
}

/** What is different for each cell. */
export interface CellWiring {
  readonly random: Random;
  /** How long an upstream may be silent. */
  readonly silenceMs: number;
  /** Where an attempt goes to, in their order. */
  readonly originOf: (attempt: number) => string;
}

/** A request with the parts of the gateway that it alone has. */
export interface FaultCell {
  readonly walk: Walk;
  readonly attempts: readonly SentAttempt[];
  readonly records: readonly RequestRecord[];
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** The gateway of the fault matrix: real sockets on both sides, real books, a clock that stands still. */
export interface FaultGateway {
  readonly url: string;
  readonly rig: BillingRig;
  readonly requests: ApiRequests;
  open(wiring: CellWiring): FaultCell;
  /** Takes the next requests to this cell. */
  serve(cell: FaultCell): void;
  /** Ids of the requests that came, in their order. */
  readonly requestIds: readonly string[];
  stop(): Promise<void>;
}

export async function startFaultGateway(): Promise<FaultGateway> {
  const rig = await openBillingRig({ settings: { sliceTokens: SLICE_TOKENS } });
  const requests = new ApiRequests();
  const requestIds: string[] = [];
  let current: Walk | undefined;
  const standing = walkOf(rig, {
    upstreams: [],
    random: { bytes: (size) => new Uint8Array(size) },
  });
  const server = createApiServer({
    walk: standing.walk,
    serve: (request) => {
      requestIds.push(request.id);
      return serveRequest(request, current ?? standing.walk);
    },
    random: { bytes: (size) => crypto.getRandomValues(new Uint8Array(size)) },
    requests,
    isReady: () => true,
    headerBytesMax: 64 * 1024,
    connectionsMax: 100,
    headersTimeoutMs: MINUTE_MS,
    bodyTimeoutMs: MINUTE_MS,
    keepAliveMs: MINUTE_MS,
    clientStallMs: () => MINUTE_MS,
  });
  const url = await listenOn(server, { host: '127.0.0.1', port: 0 });
  return {
    url,
    rig,
    requests,
    requestIds,
    open: (wiring) => openCell(rig, wiring),
    serve: ({ walk }) => {
      current = walk;
    },
    stop: () => stopServer(server),
  };
}

async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function openCell(rig: BillingRig, wiring: CellWiring): FaultCell {
  const { clock } = rig;
  const attempts: SentAttempt[] = [];
  const opened: Transport[] = [];
  const connect = (): Transport => {
    const transport = new Http1Transport({
      clock,
      origin: wiring.originOf(attempts.length),
      connectTimeoutMs: CONNECT_MS,
      firstByteTimeoutMs: wiring.silenceMs,
      idleTimeoutMs: wiring.silenceMs,
      connectionsMax: 10,
    });
    opened.push(transport);
    return transport;
  };
  const lines: string[] = [];
  const upstreams = [0, 1].map((credential): Upstream => ({
    ...createAnthropicUpstream({
      name: 'up',
      basePath: '',
      transport: watched(`up#${String(credential)}`, attempts, connect),
      sharesAccountResources: false,
      takesProviderKeys: false,
      userAgent: 'quatrain/test',
      log: createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) }),
    }),
    credential,
  }));
  const { walk, records } = walkOf(rig, { upstreams, random: wiring.random, lines });
  return {
    walk,
    attempts,
    records,
    log: lines,
    close: async () => {
      for (const transport of opened) await transport.close();
    },
  };
}

/** Every attempt on a connection of its own, and what was read of its answer written down. */
function watched(upstream: string, attempts: SentAttempt[], connect: () => Transport): Transport {
  return {
    send: async (request, cancellation) => {
      const sent = { upstream, readBytes: 0, isOver: false, isCancelled: false };
      attempts.push(sent);
      const result = await connect().send(request, cancellation);
      if (result.kind === 'failure') sent.isOver = true;
      return result.kind === 'failure' ? result : { ...result, body: counted(result.body, sent) };
    },
    close: () => Promise.resolve(),
  };
}

type Body = Extract<TransportResult, { readonly kind: 'response' }>['body'];

function counted(body: Body, sent: SentAttempt): Body {
  return {
    open: (sink) => {
      body.open({
        write: (chunk) => {
          sent.readBytes += chunk.length;
          return sink.write(chunk);
        },
        end: () => {
          sent.isOver = true;
          sink.end();
        },
        fail: (fault) => {
          sent.isOver = true;
          sink.fail(fault);
        },
      });
    },
    resume: () => {
      body.resume();
    },
    cancel: () => {
      sent.isCancelled = true;
      body.cancel();
    },
  };
}

interface WalkWiring {
  readonly upstreams: readonly Upstream[];
  readonly random: Random;
  readonly lines?: string[];
}

function walkOf(
  rig: BillingRig,
  { upstreams, random, lines = [] }: WalkWiring,
): { readonly walk: Walk; readonly records: RequestRecord[] } {
  const { clock, billing } = rig;
  const records: RequestRecord[] = [];
  const [first] = upstreams;
  const settings: ReturnType<Walk['settings']> = {
    bodyBytesMax: BYTES_MAX,
    batchBytesMax: BYTES_MAX,
    answerBytesMax: BYTES_MAX,
    plan: plans.prepaid,
    profile: 'launch',
    chatCompletions: { flavour: 'aimlapi' },
    workersAi: { content: 'relaxed' },
    jsonBounds: { depthMax: 64, keysMax: 10_000 },
    upstreams: {
      byName: new Map(first === undefined ? [] : [['up', first]]),
      defaultName: 'up',
      pools: new Map([['up', upstreams]]),
    },
  };
  const walk: Walk = {
    clock,
    random,
    log: createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) }),
    requestLog: { record: (row) => records.push(row), dropped: 0 },
    metrics: noMetrics,
    authenticator: anyCredential(),
    limiter: new WindowLimiter(clock),
    billing,
    settling: new PendingSettlements(),
    health: new UpstreamHealth(clock, random),
    settings: () => settings,
  };
  return { walk, records };
}
