import { ofOwnAccount } from '../../src/access/authenticate.ts';
import { plans } from '../../src/catalog/plans.ts';
import type { GatewayCall, GatewayOptions } from '../../src/ai-gateway-form/gateway-call.ts';
import { MemoryCache } from '../../src/cache/memory-cache.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { messagesDialect } from '../../src/dialects/messages/messages-dialect.ts';
import type { Walk, WalkReply } from '../../src/gateway/exchange.ts';
import { serveRequest } from '../../src/gateway/serve-request.ts';
import { WindowLimiter } from '../../src/limits/window-limiter.ts';
import { isRefusal } from '../../src/messages/errors.ts';
import type { Upstream, UpstreamRequest } from '../../src/messages/upstream.ts';
import type { GatewayPolicy } from '../../src/policy/gateway-policy.ts';
import { defaultGateway } from '../../src/policy/gateway-policy.ts';
import { CancellationSource } from '../../src/std/cancellation.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { noMetrics } from '../../src/telemetry/request-metrics.ts';
import type { RequestRecord } from '../../src/telemetry/request-log.ts';
import { NotingSink } from './fed-source.ts';

/** One request of somebody through a gateway. */
export interface CachedAsk {
  readonly account?: string;
  readonly gateway?: string;
  readonly options?: GatewayOptions;
  readonly providerKey?: NonNullable<GatewayCall['providerKey']>;
  readonly dialect?: Dialect;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What came of it. */
export interface CachedReply {
  readonly reply: WalkReply;
  readonly status: number;
  readonly text: string;
  /** The row of the request log. */
  readonly record: RequestRecord | undefined;
}

/** A walk that goes on from request to request, with a cache in it and an upstream by hand behind it. */
export class CachedWalk {
  readonly clock: ManualClock = new ManualClock();
  readonly asked: UpstreamRequest[] = [];
  readonly records: RequestRecord[] = [];
  /** By account and id; an account has `default` without being told. */
  readonly policies: Map<string, GatewayPolicy> = new Map();
  readonly cache: MemoryCache;
  readonly #walk: Walk;
  #account = '';

  constructor(
    send: Upstream['send'],
    bounds: { readonly bytesMax: number; readonly answerBytesMax: number } = {
      bytesMax: 1_000_000,
      answerBytesMax: 100_000,
    },
  ) {
    this.cache = new MemoryCache({ clock: this.clock, ...bounds });
    const { clock } = this;
    const upstream: Upstream = {
      name: 'up',
      keepsAccountResources: true,
      seesGatewayFiles: true,
      send: (request, cancellation) => {
        this.asked.push(request);
        return send(request, cancellation);
      },
      close: () => Promise.resolve(),
    };
    this.#walk = {
      clock,
      random: systemRandom(),
      log: createLog({ clock, level: () => 'error', write: () => {} }),
      requestLog: { record: (row) => this.records.push(row), dropped: 0 },
      metrics: noMetrics,
      authenticator: {
        authenticate: () => ({ ...ofOwnAccount('k'), account: this.#account }),
        principalFor: ofOwnAccount,
      },
      limiter: new WindowLimiter(clock),
      gateways: {
        find: (account, id) => this.policies.get(`${account} ${id}`),
        list: () => ({ gateways: [], count: 0 }),
        insert: (policy) => this.#put(policy),
        replace: (policy) => this.#put(policy),
        remove: (account, id) => Promise.resolve(this.policies.delete(`${account} ${id}`)),
      },
      responseCache: this.cache,
      settings: () => ({
        bodyBytesMax: 100_000,
        batchBytesMax: 1000,
        plan: plans.standard,
        profile: 'launch',
        chatCompletions: { flavour: 'aimlapi', credits: { markup_percent: 0 } },
        workersAi: { content: 'relaxed' },
        answerBytesMax: 1_000_000,
        jsonBounds: { depthMax: 20, keysMax: 1000 },
        upstreams: { byName: new Map([['up', upstream]]), defaultName: 'up' },
      }),
    };
  }

  /** Makes a gateway, or changes it. */
  govern(account: string, id: string, change: Partial<GatewayPolicy>): void {
    const policy = { ...defaultGateway(account, this.clock.wallMs()), id, ...change };
    this.policies.set(`${account} ${id}`, policy);
  }

  /** Hands a request in; its body may still be on its way. */
  begin(
    sent: CachedAsk = {},
    cancellation: CancellationSource = new CancellationSource(),
  ): Promise<WalkReply> {
    const { account = 'one', dialect = messagesDialect, body = {} } = sent;
    this.#account = account;
    const bytes = Buffer.from(JSON.stringify({ model: 'm', ...body }));
    return serveRequest(
      {
        id: 'req_1',
        dialect: throughGateway(dialect, sent),
        operation: 'messages.create',
        method: 'POST',
        upstreamPath: '/v1/messages',
        headers: sent.headers ?? {},
        body: { read: () => Promise.resolve(bytes) },
        cancellation,
      },
      this.#walk,
    );
  }

  /** Asks and reads the answer to its end. */
  async ask(sent: CachedAsk = {}): Promise<CachedReply> {
    const reply = await this.begin(sent);
    const sink = new NotingSink();
    if (reply.body instanceof Uint8Array) sink.write(reply.body);
    else reply.body.open(sink);
    const { status } = reply;
    return { reply, status, text: sink.text, record: this.records.at(-1) };
  }

  #put(policy: GatewayPolicy): Promise<boolean> {
    this.policies.set(`${policy.account} ${policy.id}`, policy);
    return Promise.resolve(true);
  }
}

/** The same form on a route that belongs to a gateway. */
function throughGateway(dialect: Dialect, sent: CachedAsk): Dialect {
  return {
    ...dialect,
    decodeRequest: (incoming) => {
      const call = dialect.decodeRequest(incoming);
      if (isRefusal(call)) return call;
      const { gateway: id = 'default', options = {}, providerKey } = sent;
      const key = providerKey === undefined ? {} : { providerKey };
      return { ...call, gateway: { id, options, isAuthenticated: true, ...key } };
    },
  };
}
