import { describe, expect, test } from 'vitest';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { Recorder } from '../cassettes/recorder.ts';
import type { TakenExchange } from '../cassettes/taken-exchange.ts';
import { refusal } from '../messages/errors.ts';
import type { Operation, UpstreamAnswer } from '../messages/upstream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { createLog } from '../telemetry/log.ts';
import type { DecodedExchange } from './exchange.ts';
import type { TakeOutcome } from './record-exchange.ts';
import { recordExchange } from './record-exchange.ts';

interface Tapped {
  readonly take: TakeOutcome | undefined;
  readonly kept: readonly TakenExchange[];
  readonly source: FedSource;
  readonly answer: UpstreamAnswer;
  readonly clock: ManualClock;
  readonly cancellation: CancellationSource;
  readonly recorder: Recorder;
}

function tap(keyId = 'recorded', operation: Operation = 'messages.create', bytesMax = 100): Tapped {
  const clock = new ManualClock();
  const kept: TakenExchange[] = [];
  const log = createLog({ clock, level: () => 'error', write: () => {} });
  const sink = {
    append: (_: unknown, taken: TakenExchange) => {
      kept.push(taken);
      return Promise.resolve({ kind: 'written' } as const);
    },
  };
  const recorder = new Recorder(sink, log);
  const bounds = { exchangeBytesMax: bytesMax, waitingBytesMax: 1000, cassetteBytesMax: 1000 };
  const rules = { patterns: [], emails: 'keep', media: 'keep', mediaBytesMax: 0 } as const;
  const cancellation = new CancellationSource();
  const exchange = {
    walk: { clock, recorder },
    settings: { recordings: new Map([['recorded', { cassette: 'trip', rules, bounds }]]) },
    principal: { keyId },
    request: { id: 'req_1', operation, cancellation },
    call: {
      model: 'm',
      request: {
        operation,
        method: 'POST',
        path: '/v1/messages',
        headers: ['accept', '*/*'],
        body: Buffer.from('{}'),
      },
    },
  } as unknown as DecodedExchange;
  const source = new FedSource();
  const answer: UpstreamAnswer = {
    kind: 'answer',
    status: 200,
    headers: ['request-id', 'req_up'],
    isEventStream: true,
    body: source,
  };
  const take = recordExchange(exchange, 'up');
  return { take, kept, source, answer, clock, cancellation, recorder };
}

function open({ take, answer }: Tapped): {
  readonly passed: UpstreamAnswer;
  readonly sink: NotingSink;
} {
  const passed = take?.(answer) as UpstreamAnswer;
  const sink = new NotingSink();
  passed.body.open(sink);
  return { passed, sink };
}

describe('recordExchange', () => {
  test.each<[string, string, Operation]>([
    ['a key that is not recorded', 'other', 'messages.create'],
    ['what an account keeps', 'recorded', 'files.create'],
  ])('%s is left alone', (_, keyId, operation) => {
    expect(tap(keyId, operation).take).toBeUndefined();
  });

  test('chunks pass as they are when they come, and are kept with their times', () => {
    const tapped = tap();
    const { source, clock, kept } = tapped;
    clock.advance(5);
    const { passed, sink } = open(tapped);
    clock.advance(7);
    const chunk = Buffer.from('one');
    expect(source.say(chunk)).toBe(true);
    expect(sink.text).toBe('one');
    sink.takesMore = false;
    expect(source.say('two')).toBe(false);
    passed.body.resume();
    expect(source.resumed).toBe(1);
    chunk.fill('x');
    clock.advance(3);
    source.sink.end();
    expect(sink.ends).toEqual(['end']);
    expect(kept).toMatchObject([
      {
        operation: 'messages.create',
        model: 'm',
        upstream: 'up',
        response: { kind: 'answer', status: 200, headMs: 5, isEventStream: true },
        ended: { how: 'complete', at_ms: 15 },
      },
    ]);
    const [exchange] = kept;
    const chunks = exchange?.response.kind === 'answer' ? exchange.response.chunks : [];
    expect(chunks.map(({ atMs, bytes }) => [atMs, Buffer.from(bytes).toString()])).toEqual([
      [12, 'one'],
      [12, 'two'],
    ]);
  });

  test('a break is kept as that break', () => {
    const tapped = tap();
    const { sink } = open(tapped);
    tapped.source.sink.fail({ kind: 'reset', detail: 'gone' });
    expect(sink.ends).toEqual(['fail reset']);
    expect(tapped.kept).toMatchObject([{ ended: { how: 'reset' } }]);
  });

  test.each([
    [true, 'client_gone'],
    [false, 'given_up'],
  ])('an answer that is let go, caller gone: %s', (isGone, how) => {
    const tapped = tap();
    const { passed } = open(tapped);
    tapped.source.say('one');
    if (isGone) tapped.cancellation.cancel();
    passed.body.cancel();
    passed.body.cancel();
    expect(tapped.source.cancelled).toBe(2);
    expect(tapped.kept).toMatchObject([{ ended: { how } }]);
  });

  test('a refusal is kept and passed on', () => {
    const { take, kept } = tap();
    const said = refusal('upstream_timeout');
    expect(take?.(said)).toBe(said);
    expect(kept).toMatchObject([
      { response: { kind: 'refused', said }, ended: { how: 'complete' } },
    ]);
  });

  test('beyond the bound the caller still has everything, and nothing is kept', () => {
    const tapped = tap('recorded', 'messages.create', 4);
    const { sink } = open(tapped);
    tapped.source.say('one');
    tapped.source.say('two');
    tapped.source.sink.end();
    expect(sink.text).toBe('onetwo');
    expect(tapped.kept).toEqual([]);
    expect(tapped.recorder).toMatchObject({ dropped: 1, waitingBytes: 0 });
  });
});
