import { describe, expect, test } from 'vitest';
import { errorOf, messageStart, wholeStream } from '../../test/support/event-stream.ts';
import { planned } from '../../test/support/planned.ts';
import { streamOf, wholeOf } from '../../test/support/walked.ts';
import { plans } from '../catalog/plans.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { HeaderList, Upstream, UpstreamAnswer } from '../messages/upstream.ts';
import type { GatewayRetry } from '../policy/gateway-policy.ts';
import { defaultGateway } from '../policy/gateway-policy.ts';
import { UpstreamHealth } from '../routing/upstream-health.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { createLog } from '../telemetry/log.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { AttemptTrail } from './attempt-trail.ts';
import type { Attempted } from './attempt-upstreams.ts';
import { attemptUpstreams } from './attempt-upstreams.ts';
import type { DecodedExchange } from './exchange.ts';
import { RequestBills } from './request-bills.ts';

type Given = UpstreamAnswer | Refusal | 'never';

const random = { bytes: (count: number): Uint8Array => new Uint8Array(count).fill(255) };
const status = (code: number, headers: HeaderList = []): UpstreamAnswer => ({
  ...wholeOf(sourceOf(Buffer.from('{}')), code),
  headers,
});
const message =
  '{"type":"message","content":[],"stop_reason":"end_turn","usage":{"output_tokens":1}}';
const fine = (): UpstreamAnswer => wholeOf(sourceOf(Buffer.from(message)));
const stream = (text: string): UpstreamAnswer => streamOf(sourceOf(Buffer.from(text)));

interface Tried {
  readonly outcome: Promise<Attempted | Refusal>;
  /** Who was asked, in turn, and when, in milliseconds from the start. */
  readonly asked: readonly (readonly [string, number])[];
  /** How long each was told that the caller waits. */
  readonly waits: readonly (number | undefined)[];
  /** The trace that each was told. */
  readonly traces: readonly (HeaderList | undefined)[];
  readonly health: UpstreamHealth;
  readonly clock: ManualClock;
  readonly trail: AttemptTrail;
  readonly gone: CancellationSource;
}

interface Trial {
  readonly isStream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly health?: (health: UpstreamHealth) => void;
  readonly firstByteMs?: number;
  readonly model?: string;
  /** What the AI gateway says that the request goes through. */
  readonly retry?: GatewayRetry;
  readonly trace?: TraceContext;
  readonly propagates?: boolean;
  /** How many attempts the route allows; three where absent. */
  readonly attemptsMax?: number;
}

/** One request of the standard plan to targets a, b, c …, each of which gives what is given in turn. */
function tried(given: readonly (readonly Given[])[], trial: Trial = {}): Tried {
  const clock = new ManualClock();
  const health = new UpstreamHealth(clock, random);
  trial.health?.(health);
  const asked: (readonly [string, number])[] = [];
  const waits: (number | undefined)[] = [];
  const traces: (HeaderList | undefined)[] = [];
  const startedMs = clock.monotonicMs();
  const upstreams = given.map((answers, at): Upstream => {
    const name = String.fromCodePoint(97 + at);
    let turn = 0;
    return {
      name,
      keepsAccountResources: false,
      seesGatewayFiles: false,
      send: (request, cancellation) => {
        const said = `${name}${trial.model === undefined ? '' : ` ${Buffer.from(request.body).toString()}`}`;
        asked.push([said, clock.monotonicMs() - startedMs]);
        waits.push(request.waitS);
        traces.push(request.trace);
        const next = answers[turn++];
        if (next === undefined) throw new Error('one attempt too many');
        return next === 'never' ? untilCancelled(cancellation) : Promise.resolve(next);
      },
      close: () => Promise.resolve(),
    };
  });
  const plan = planned(...upstreams);
  const { firstByteMs, model } = trial;
  const targets = plan.targets.map((target) => ({ ...target, firstByteMs, model }));
  const gone = new CancellationSource();
  const trail = new AttemptTrail();
  const exchange = {
    walk: {
      clock,
      random,
      health,
      traces: { isPropagated: trial.propagates === true },
      log: createLog({ clock, level: () => 'error', write: () => {} }),
    },
    settings: {
      plan: plans.standard,
      answerBytesMax: 10_000,
      jsonBounds: { depthMax: 10, keysMax: 10 },
    },
    gateway: trial.retry && {
      policy: { ...defaultGateway('default', 0), retry: trial.retry },
      options: {},
    },
    principal: { keyId: 'k', account: 'a', scopes: new Set() },
    request: {
      id: 'req_1',
      operation: 'messages.create',
      headers: trial.headers ?? {},
      cancellation: gone,
    },
    startedMs,
    trace: trial.trace,
    bills: new RequestBills(),
    trail,
    call: {
      model: 'm',
      request: { body: Buffer.from('{"model":"m"}'), headers: [], stream: trial.isStream === true },
    },
  } as unknown as DecodedExchange;
  const outcome = attemptUpstreams(exchange, {
    ...plan,
    targets,
    attemptsMax: trial.attemptsMax ?? 3,
  });
  return { outcome, asked, waits, traces, health, clock, trail, gone };
}

function untilCancelled(cancellation: Cancellation): Promise<Refusal> {
  return new Promise((resolve) => {
    cancellation.onCancel(() => {
      resolve(refusal('upstream_failed'));
    });
  });
}

/** Sets the clock forward until it is known what came of it. */
async function cameTo({ outcome, clock }: Tried): Promise<number | string> {
  const there: (Attempted | Refusal)[] = [];
  void outcome.then((known) => there.push(known));
  for (let step = 0; step < 400 && there.length === 0; step++) {
    for (let turn = 0; turn < 40; turn++) await Promise.resolve();
    if (there.length === 0) clock.advance(100);
  }
  const known = await outcome;
  const said = isRefusal(known) ? known : known.outcome;
  return isRefusal(said) ? said.code : said.status;
}

const names = ({ asked }: Tried): string => asked.map(([name]) => name).join('');

describe('what fails at one target goes to another at once', () => {
  test.each<[string, readonly (readonly Given[])[], string | number, string]>([
    ['no connection', [[refusal('upstream_failed')], [fine()]], 200, 'ab'],
    ['529', [[status(529)], [fine()]], 200, 'ab'],
    ['500', [[status(500)], [fine()]], 200, 'ab'],
    ['503 that is to last for long', [[status(503, ['retry-after', '600'])], [fine()]], 200, 'ab'],
    ['429 that is to last for long', [[status(429, ['retry-after', '600'])], [fine()]], 200, 'ab'],
    ['a credential that is not taken', [[status(401)], [fine()]], 200, 'ab'],
    ['nor by the other', [[status(403)], [status(401)]], 'upstream_failed', 'ab'],
    ['a request that is wrong stays so', [[status(400)], [fine()]], 400, 'a'],
    ['nor is it found elsewhere', [[status(404)], [fine()]], 404, 'a'],
    ['three attempts are all', [[status(500)], [status(529)], [status(502)], [fine()]], 502, 'abc'],
    ['the first is asked again last', [[status(500), fine()], [status(500)]], 200, 'aba'],
  ])('%s', async (_name, given, expected, order) => {
    const all = tried(given);
    expect([await cameTo(all), names(all)]).toEqual([expected, order]);
  });

  test('without a pause', async () => {
    const all = tried([[status(500)], [status(500)], [fine()]]);
    await cameTo(all);
    expect(all.asked.map(([, atMs]) => atMs)).toEqual([0, 0, 0]);
  });

  test.each<[string, string]>([
    ['an error event', messageStart + errorOf('overloaded_error', 'Overloaded')],
    ['an end without any', messageStart],
    ['no event at all', '<html>'],
  ])('a stream that came to %s before its content', async (_name, text) => {
    const all = tried([[stream(text)], [stream(wholeStream)]], { isStream: true });
    expect([await cameTo(all), names(all)]).toEqual([200, 'ab']);
  });

  test('a stream that has begun stays where it is, however it ends', async () => {
    const begun = wholeStream.slice(0, wholeStream.indexOf('event: content_block_stop'));
    const all = tried([[stream(begun)], [stream(wholeStream)]], { isStream: true });
    expect([await cameTo(all), names(all)]).toEqual([200, 'a']);
  });
});

describe('who is asked first', () => {
  test('not whoever wants to be left alone', async () => {
    const all = tried([[fine()], [fine()]], {
      health: ({ pauses }) => {
        pauses.note('a#0/*', 60_000);
      },
    });
    expect([await cameTo(all), names(all)]).toEqual([200, 'b']);
  });

  test('the last candidate, though it is broken, is never left out', async () => {
    const all = tried([[fine()], [fine()]], {
      health: ({ breakers }) => {
        for (const key of ['a#0/*', 'b#0/*']) {
          for (let at = 0; at < 5; at++) breakers.report(key, 'failed');
        }
      },
    });
    expect([await cameTo(all), names(all)]).toEqual([200, 'a']);
  });

  test('where all are broken, one attempt is all', async () => {
    const all = tried([[status(500)], [fine()]], {
      health: ({ breakers }) => {
        for (const key of ['a#0/*', 'b#0/*']) {
          for (let at = 0; at < 5; at++) breakers.report(key, 'failed');
        }
      },
    });
    expect([await cameTo(all), names(all)]).toEqual(['unavailable', 'a']);
  });
});

describe('attempts that an AI gateway orders', () => {
  const ruled = (maxAttempts: number, more: Partial<Trial> = {}): Trial => ({
    ...more,
    retry: { maxAttempts, delayMs: 200, backoff: 'linear' },
  });

  test('go through the targets, as many and after such pauses as it says', async () => {
    const all = tried([[status(500)], [status(529)], [fine()]], ruled(3));
    expect([await cameTo(all), names(all)]).toEqual([200, 'abc']);
    expect(all.asked.map(([, atMs]) => atMs)).toEqual([0, 200, 600]);
    expect(all.trail.records.map(({ healthKey }) => healthKey)).toEqual([
      'a#0/*',
      'b#0/*',
      'c#0/*',
    ]);
  });

  test.each<[string, readonly (readonly Given[])[], number, readonly [string | number, string]]>([
    [
      'more than twice, since it says so',
      [
        [status(500), status(500), fine()],
        [status(503), status(503)],
      ],
      5,
      [200, 'ababa'],
    ],
    ['the last is what is told', [[status(500)], [status(529)]], 2, [529, 'ab']],
    [
      'what is the request’s own fault is not asked elsewhere',
      [[status(400)], [fine()]],
      3,
      [400, 'a'],
    ],
    ['a credential that is not taken', [[status(401)], [fine()]], 2, [200, 'ab']],
    ['nor by the other', [[status(401)], [status(403)]], 2, ['upstream_failed', 'ab']],
    [
      'a limit that is to last for long',
      [[status(429, ['retry-after', '600'])], [fine()]],
      2,
      [200, 'ab'],
    ],
    [
      'everywhere: nobody waits for that',
      [[status(429, ['retry-after', '600'])], [status(429, ['retry-after', '600'])]],
      5,
      [429, 'ab'],
    ],
    ['an only target is asked again', [[status(500), fine()]], 2, [200, 'aa']],
  ])('%s', async (_name, given, maxAttempts, expected) => {
    const all = tried(given, ruled(maxAttempts));
    expect([await cameTo(all), names(all)]).toEqual(expected);
  });

  test.each<[string, readonly string[], number, string]>([
    ['who is left alone is passed over', ['a#0/*'], 200, 'bb'],
    ['unless all of them are', ['a#0/*', 'b#0/*'], 500, 'ab'],
  ])('%s', async (_name, broken, expected, order) => {
    const health = ({ breakers }: UpstreamHealth): void => {
      for (const key of broken) for (let at = 0; at < 5; at++) breakers.report(key, 'failed');
    };
    const given = [status(500), fine()];
    const all = tried([given, given], ruled(2, { health }));
    expect([await cameTo(all), names(all)]).toEqual([expected, order]);
  });

  test('what fails at one is told to its breaker', async () => {
    const all = tried([[status(500)], [fine()]], ruled(2));
    await cameTo(all);
    for (let at = 0; at < 4; at++) all.health.breakers.report('a#0/*', 'failed');
    expect([all.health.isFree('a#0/*'), all.health.isFree('b#0/*')]).toEqual([false, true]);
  });

  test('a target that does not begin in its own time is given up', async () => {
    const all = tried([['never'], [fine()]], ruled(2, { firstByteMs: 700 }));
    expect([await cameTo(all), names(all), all.asked[1]?.[1]]).toEqual([200, 'ab', 900]);
  });
});

describe('time', () => {
  test('a target that does not begin in its time is given up', async () => {
    const all = tried([['never'], [fine()]], { firstByteMs: 700 });
    expect([await cameTo(all), names(all), all.asked[1]?.[1]]).toEqual([200, 'ab', 700]);
  });

  test('nobody is asked for longer than the caller waits', async () => {
    const all = tried([['never'], ['never']], { headers: { 'x-stainless-timeout': '4' } });
    expect(await cameTo(all)).toBe('upstream_timeout');
    expect(all.clock.monotonicMs()).toBeLessThan(5100);
  });

  test('each is told what is left of the time that the caller waits', async () => {
    const headers = { 'x-stainless-timeout': '20' };
    const all = tried([['never'], [fine()]], { headers, firstByteMs: 1700 });
    expect([await cameTo(all), all.waits]).toEqual([200, [20, 19]]);
    const unsaid = tried([[status(529)], [fine()]]);
    expect([await cameTo(unsaid), unsaid.waits]).toEqual([200, [undefined, undefined]]);
  });

  test('whoever leaves ends it', async () => {
    const all = tried([['never'], [fine()]]);
    all.gone.cancel();
    await cameTo(all);
    expect(names(all)).toBe('a');
  });
});

test.each<[boolean, string | undefined, HeaderList | undefined]>([
  [true, 'a=b', ['traceparent', `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, 'tracestate', 'a=b']],
  [true, undefined, ['traceparent', `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`]],
  [false, 'a=b', undefined],
])(
  'with propagate: %j, and the state %j, each is told the trace',
  async (propagates, state, told) => {
    const trace = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), isSampled: true, state };
    const all = tried([[status(529)], [fine()]], { propagates, trace });
    expect([await cameTo(all), all.traces]).toEqual([200, [told, told]]);
  },
);

test('the model has the name that the target has for it, and the edit is named', async () => {
  const all = tried([[fine()]], { model: 'other', isStream: false });
  const known = await all.outcome;
  expect(all.asked).toEqual([['a {"model":"other"}', 0]]);
  expect(isRefusal(known) ? undefined : known.exchange.edits).toEqual(['model-renamed']);
});

test('the trail has every attempt with its phases', async () => {
  const all = tried([[status(529)], [fine()]]);
  await cameTo(all);
  expect(all.trail.records).toMatchObject([
    { attempt: 1, upstream: 'a', status: 529 },
    { attempt: 2, upstream: 'b', status: 200, healthKey: 'b#0/*' },
  ]);
  for (const { startedMs, headMs, endedMs } of all.trail.records) {
    expect([headMs, endedMs]).toEqual([startedMs, startedMs]);
  }
});

test('where others repeat already, a target is not asked again, but another one is', async () => {
  const spend = ({ budget }: UpstreamHealth): void => {
    for (let at = 0; at < 3; at++) budget.begin('a').takeRetry();
  };
  const one = tried([[status(500), fine()]], { health: spend });
  const two = tried([[status(500)], [fine()]], { health: spend });
  expect([await cameTo(one), await cameTo(two)]).toEqual([500, 200]);
});

test('a target that is asked once, and alone, has the request until it is over', async () => {
  const alone = tried([['never']], { attemptsMax: 1 });
  expect(alone.health.snapshot().map(({ live }) => live)).toEqual([1]);
  alone.gone.cancel();
  await alone.outcome;
  alone.trail.leave();
  expect(alone.health.snapshot()).toEqual([]);
});
