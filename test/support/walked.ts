import { Authenticator } from '../../src/access/authenticate.ts';
import type { Plan } from '../../src/catalog/plans.ts';
import { plans } from '../../src/catalog/plans.ts';
import { messagesDialect } from '../../src/dialects/messages/messages-dialect.ts';
import type { Walk, WalkReply, WalkRequest } from '../../src/gateway/exchange.ts';
import { serveRequest } from '../../src/gateway/serve-request.ts';
import { WindowLimiter } from '../../src/limits/window-limiter.ts';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../../src/messages/upstream.ts';
import { CancellationSource } from '../../src/std/cancellation.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import { Secret } from '../../src/std/secret.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import type { RequestRecord } from '../../src/telemetry/request-log.ts';

const BODY = Buffer.from('{"model":"m","stream":true}');

/** A request that walks without a socket. */
export interface Walked {
  readonly reply: Promise<WalkReply>;
  readonly records: RequestRecord[];
  readonly lines: string[];
  readonly cancellation: CancellationSource;
  readonly clock: ManualClock;
}

/** How a walk differs from the plainest one. */
export interface WalkedWith extends Partial<Walk> {
  readonly plan?: Plan;
}

/** Serves one request with an upstream by hand at the end of the walk, and its records at its side. */
export function walk(
  send: (
    cancellation: CancellationSource,
    request: UpstreamRequest,
  ) => ReturnType<Upstream['send']>,
  change: Partial<WalkRequest> = {},
  { plan = plans.standard, ...more }: WalkedWith = {},
): Walked {
  const clock = more.clock instanceof ManualClock ? more.clock : new ManualClock();
  const records: RequestRecord[] = [];
  const lines: string[] = [];
  const cancellation = new CancellationSource();
  const upstream: Upstream = {
    name: 'up',
    keepsAccountResources: true,
    seesGatewayFiles: false,
    send: (request) => send(cancellation, request),
    close: () => Promise.resolve(),
  };
  const parts: Walk = {
    clock,
    random: systemRandom(),
    log: createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) }),
    requestLog: { record: (row) => records.push(row), dropped: 0 },
    metrics: new Metrics({ inFlight: () => 0, logRowsDropped: () => 0 }),
    authenticator: new Authenticator({
      store: { find: () => undefined, touch: () => Promise.resolve() },
      pepper: new Secret('pepper'),
      clock,
      developmentKey: new Secret('key'),
    }),
    limiter: new WindowLimiter(clock),
    ...more,
    settings: () => ({
      bodyBytesMax: 1000,
      batchBytesMax: 1000,
      plan,
      profile: 'launch',
      chatCompletions: { flavour: 'aimlapi' },
      workersAi: { content: 'relaxed' },
      answerBytesMax: 100_000,
      jsonBounds: { depthMax: 10, keysMax: 10 },
      upstreams: { byName: new Map([['up', upstream]]), defaultName: 'up' },
    }),
  };
  clock.advance(5000);
  const request: WalkRequest = {
    id: 'req_1',
    dialect: messagesDialect,
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages',
    headers: { 'x-api-key': 'key' },
    body: { read: () => Promise.resolve(BODY) },
    cancellation,
    ...change,
  };
  return { reply: serveRequest(request, parts), records, lines, cancellation, clock };
}

/** A stream as an upstream answers it. */
export function streamOf(body: UpstreamAnswer['body']): UpstreamAnswer {
  return { kind: 'answer', status: 200, headers: [], isEventStream: true, body };
}
/** An answer in one piece. */
export const wholeOf = (body: UpstreamAnswer['body'], status = 200): UpstreamAnswer => ({
  ...streamOf(body),
  status,
  isEventStream: false,
});
