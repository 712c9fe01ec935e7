import { anyCredential } from '../../src/access/any-credential.ts';
import { MemoryCache } from '../../src/cache/memory-cache.ts';
import { plans } from '../../src/catalog/plans.ts';
import type { Walk } from '../../src/gateway/exchange.ts';
import { ApiRequests } from '../../src/http/api-requests.ts';
import { createApiServer } from '../../src/http/api-server.ts';
import { SpendCounters } from '../../src/limits/spend-counters.ts';
import { WindowLimiter } from '../../src/limits/window-limiter.ts';
import { listenOn } from '../../src/listen-on.ts';
import type { Upstream } from '../../src/messages/upstream.ts';
import type { StoredPolicy } from '../../src/policy/access-policy.ts';
import type { GatewayPolicy } from '../../src/policy/gateway-policy.ts';
import { defaultGateway } from '../../src/policy/gateway-policy.ts';
import type { GatewayStore } from '../../src/policy/gateway-store.ts';
import type { Cidr } from '../../src/std/cidr.ts';
import { sourceOf } from '../../src/std/byte-stream.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { noMetrics } from '../../src/telemetry/request-metrics.ts';
import { wholeStream } from './event-stream.ts';
import { streamOf } from './walked.ts';

/** A gateway on a real socket whose time stands still. */
export interface ClockedGateway {
  readonly url: string;
  readonly clock: ManualClock;
  /** How often an upstream was asked. */
  readonly asked: () => number;
  stop(): Promise<void>;
}

export interface ClockedGatewayOptions {
  readonly startMs?: number;
  /** In the place of one of its own. */
  readonly clock?: ManualClock;
  /** The gateways of every account, by their ids: how they differ from one that was just made. */
  readonly gateways?: Readonly<Record<string, Partial<GatewayPolicy>>>;
  /** Policies of gateways, by the gateways' ids. */
  readonly policies?: Policies;
  /** What the walk has besides, or in the place of what it has here. */
  readonly parts?: (clock: ManualClock) => Partial<Walk>;
  /** What the upstream answers; the same whole stream where absent. */
  readonly answer?: Upstream['send'];
  readonly trustedProxies?: readonly Cidr[];
  readonly concurrencyPerKey?: number;
}

type Policies = Readonly<Record<string, readonly StoredPolicy[]>>;

const BYTES_MAX = 1_000_000;
const MINUTE_MS = 60_000;

/** Starts one in front of an upstream that always says the same; each credential is an account. */
export async function startClockedGateway(
  options: ClockedGatewayOptions = {},
): Promise<ClockedGateway> {
  const clock = options.clock ?? new ManualClock(options.startMs);
  let asked = 0;
  const upstream: Upstream = {
    name: 'up',
    keepsAccountResources: true,
    seesGatewayFiles: false,
    send: (request, cancellation) => {
      asked += 1;
      if (options.answer !== undefined) return options.answer(request, cancellation);
      return Promise.resolve(streamOf(sourceOf(Buffer.from(wholeStream))));
    },
    close: () => Promise.resolve(),
  };
  const requests = new ApiRequests();
  const server = createApiServer({
    walk: walkOf(upstream, clock, options),
    random: systemRandom(),
    requests,
    isReady: () => true,
    headerBytesMax: 64 * 1024,
    connectionsMax: 100,
    headersTimeoutMs: MINUTE_MS,
    bodyTimeoutMs: MINUTE_MS,
    keepAliveMs: MINUTE_MS,
    clientStallMs: () => MINUTE_MS,
    trustedProxies: () => options.trustedProxies ?? [],
  });
  const url = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url, clock, asked: () => asked, stop };
}

function walkOf(upstream: Upstream, clock: ManualClock, options: ClockedGatewayOptions): Walk {
  const { policies = {} } = options;
  const settings: ReturnType<Walk['settings']> = {
    bodyBytesMax: BYTES_MAX,
    batchBytesMax: BYTES_MAX,
    answerBytesMax: BYTES_MAX,
    plan: plans.standard,
    concurrencyPerKey: options.concurrencyPerKey,
    profile: 'launch',
    chatCompletions: { flavour: 'aimlapi' },
    workersAi: { content: 'relaxed' },
    jsonBounds: { depthMax: 64, keysMax: 10_000 },
    upstreams: { byName: new Map([['up', upstream]]), defaultName: 'up' },
  };
  return {
    clock,
    random: systemRandom(),
    log: createLog({ clock, level: () => 'error', write: (line) => process.stderr.write(line) }),
    requestLog: { record: () => {}, dropped: 0 },
    metrics: noMetrics,
    authenticator: anyCredential(),
    limiter: new WindowLimiter(clock),
    spending: new SpendCounters(),
    accessPolicies: { list: ({ gatewayId }) => policies[gatewayId] ?? [] },
    gateways: gatewaysOf(options),
    responseCache: new MemoryCache({ clock, bytesMax: BYTES_MAX, answerBytesMax: 100_000 }),
    settings: () => settings,
    ...options.parts?.(clock),
  };
}

/** Those that the test names, and no others: nothing here makes or changes one. */
function gatewaysOf({ gateways = {} }: ClockedGatewayOptions): GatewayStore {
  return {
    find: (account, id) => {
      const differs = gateways[id];
      return differs === undefined ? undefined : { ...defaultGateway(account, 0), id, ...differs };
    },
    list: () => ({ gateways: [], count: 0 }),
    insert: () => Promise.resolve(false),
    replace: () => Promise.resolve(false),
    remove: () => Promise.resolve(false),
  };
}
