import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import type { AttemptReport } from './circuit-breakers.ts';
import { CircuitBreakers } from './circuit-breakers.ts';

/** A draw of 0: breakers open for three quarters of their time. */
const random = { bytes: (count: number): Uint8Array => new Uint8Array(count) };

function breakers(...reports: readonly AttemptReport[]): {
  readonly all: CircuitBreakers;
  readonly clock: ManualClock;
} {
  const clock = new ManualClock();
  const all = new CircuitBreakers(clock, random);
  for (const report of reports) all.report('up', report);
  return { all, clock };
}

const failed = (count: number): readonly AttemptReport[] =>
  Array.from({ length: count }, () => 'failed' as const);

describe('when it opens', () => {
  test.each<[string, readonly AttemptReport[], string]>([
    ['four failures do not', failed(4), 'pass'],
    ['five in a row do', failed(5), 'open'],
    ['a success in between starts anew', [...failed(4), 'succeeded', ...failed(4)], 'pass'],
    ['what says nothing does not count', [...failed(4), 'said-nothing'], 'pass'],
    [
      'half of twenty do',
      Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 'succeeded' : 'failed')),
      'open',
    ],
    [
      'less than half do not',
      Array.from({ length: 40 }, (_, at) => (at % 3 === 0 ? 'failed' : 'succeeded')),
      'pass',
    ],
  ])('%s', (_name, reports, kind) => {
    expect(breakers(...reports).all.admit('up').kind).toBe(kind);
  });

  test('half of twenty over more than ten seconds do not', () => {
    const { all, clock } = breakers();
    for (let at = 0; at < 20; at++) {
      all.report('up', at % 2 === 0 ? 'succeeded' : 'failed');
      clock.advance(1000);
    }
    expect(all.admit('up').kind).toBe('pass');
  });

  test('one upstream’s failures are not another’s', () => {
    expect(breakers(...failed(9)).all.admit('other').kind).toBe('pass');
  });
});

describe('while it is open', () => {
  test('it says when to ask again, and lets one request through then', () => {
    const { all, clock } = breakers(...failed(5));
    expect(all.admit('up')).toEqual({ kind: 'open', retryAfterMs: 3750 });
    clock.advance(3749);
    expect(all.admit('up')).toEqual({ kind: 'open', retryAfterMs: 1 });
    clock.advance(1);
    expect(all.admit('up').kind).toBe('pass');
    expect(all.admit('up').kind).toBe('open');
  });

  test.each<[string, AttemptReport, string]>([
    ['a probe that succeeds lets all through', 'succeeded', 'pass'],
    ['one that fails opens it for longer', 'failed', 'open'],
  ])('%s', (_name, report, kind) => {
    const { all, clock } = breakers(...failed(5));
    clock.advance(3750);
    all.admit('up');
    all.report('up', report);
    clock.advance(kind === 'pass' ? 0 : 4499);
    expect([all.admit('up').kind, all.admit('up').kind]).toEqual([kind, kind]);
    clock.advance(1);
    expect(all.admit('up').kind).toBe('pass');
  });

  test('a probe of which nothing is heard gives its place to another', () => {
    const { all, clock } = breakers(...failed(5));
    clock.advance(3750);
    all.admit('up');
    all.report('up', 'said-nothing');
    expect(all.admit('up').kind).toBe('pass');
    clock.advance(5999);
    expect(all.admit('up').kind).toBe('open');
    clock.advance(1);
    expect(all.admit('up').kind).toBe('pass');
  });

  test('whoever is back is found out within ten seconds: its time grows to six and no further', () => {
    const { all, clock } = breakers();
    let openMs = 0;
    for (let round = 0; round < 12; round++) {
      for (const report of failed(5)) all.report('up', report);
      const verdict = all.admit('up');
      openMs = verdict.kind === 'open' ? verdict.retryAfterMs : 0;
      clock.advance(openMs);
      expect(all.admit('up').kind).toBe('pass');
    }
    expect(openMs).toBe(4500);
  });

  test.each<[string, number, AttemptReport, string]>([
    ['an attempt from before it opened that fails says nothing new', -1, 'failed', 'open'],
    ['a probe that another took the place of says nothing either', 0, 'failed', 'open'],
    ['nor does that it was called off', 0, 'said-nothing', 'open'],
    ['but whatever succeeds does', -1, 'succeeded', 'pass'],
  ])('%s', (_name, askedMs, report, kind) => {
    const { all, clock } = breakers(...failed(5));
    clock.advance(3750);
    const probeMs = clock.monotonicMs();
    all.admit('up');
    clock.advance(6000);
    all.admit('up');
    all.report('up', report, askedMs + probeMs);
    expect(all.look('up').kind).toBe(kind);
    all.report('up', 'succeeded');
    all.report('up', 'failed', probeMs);
    for (const said of failed(4)) all.report('up', said);
    expect(all.look('up').kind).toBe('pass');
  });

  test('somebody who found out elsewhere lets the next request through at once', () => {
    const { all } = breakers(...failed(5));
    expect(all.openNames).toEqual(['up']);
    all.letThrough('up');
    expect([all.admit('up').kind, all.admit('up').kind]).toEqual(['pass', 'open']);
    all.report('up', 'succeeded');
    expect([all.admit('up').kind, all.openNames]).toEqual(['pass', []]);
  });

  test('says where it stands, and takes no turn by that', () => {
    const { all, clock } = breakers(...failed(4));
    expect([all.stateOf('up').kind, all.stateOf('unheard').kind]).toEqual(['closed', 'closed']);
    all.report('up', 'failed');
    expect(all.stateOf('up')).toMatchObject({ kind: 'open' });
    clock.advance(6000);
    expect([all.stateOf('up').kind, all.stateOf('up').kind]).toEqual(['half-open', 'half-open']);
    expect(all.admit('up').kind).toBe('pass');
    all.report('up', 'succeeded');
    expect([all.stateOf('up').kind, [...all.names]]).toEqual(['closed', ['up']]);
  });

  test('what a name stood for that is gone is forgotten, and nothing else', () => {
    const { all } = breakers(...failed(5));
    for (const report of failed(5)) all.report('other', report);
    all.forget((name) => name === 'up');
    expect([all.look('up').kind, all.look('other').kind]).toEqual(['pass', 'open']);
  });
});
