import { describe, expect, test } from 'vitest';
import type { Upstream } from '../messages/upstream.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { RouteTarget } from './route-plan.ts';
import { TargetTurns } from './target-turns.ts';
import { UpstreamHealth } from './upstream-health.ts';

const random = { bytes: (count: number): Uint8Array => new Uint8Array(count) };
const targetOf = (healthKey: string): RouteTarget => ({
  upstream: { name: healthKey } as Upstream,
  healthKey,
});

interface Rig {
  readonly health: UpstreamHealth;
  readonly clock: ManualClock;
  readonly turns: TargetTurns;
  /** Who gets so many turns, one after the other. */
  readonly taken: (count: number) => readonly (string | undefined)[];
}

function rig(...names: readonly string[]): Rig {
  const clock = new ManualClock();
  const health = new UpstreamHealth(clock, random);
  const turns = new TargetTurns(
    names.map((name) => targetOf(name)),
    health,
  );
  const taken = (count: number): readonly (string | undefined)[] =>
    Array.from({ length: count }, () => turns.take()?.healthKey);
  return { health, clock, turns, taken };
}

function breakOpen({ breakers }: UpstreamHealth, name: string): void {
  for (let at = 0; at < 5; at++) breakers.report(name, 'failed');
}

describe('whose turn it is', () => {
  test('each in order, then each once more, then nobody', () => {
    expect(rig('a', 'b', 'c').taken(7)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', undefined]);
  });

  test('the only one has as many as are asked for', () => {
    expect(rig('a').taken(4)).toEqual(['a', 'a', 'a', 'a']);
  });

  test('who wants to be left alone is passed over until its time is up', () => {
    const { health, clock, taken } = rig('a', 'b');
    health.pauses.note('a', 2000);
    expect(taken(1)).toEqual(['b']);
    clock.advance(2000);
    expect(taken(1)).toEqual(['a']);
  });

  test('who is broken is passed over, and gets one request when it may be back', () => {
    const { health, clock, taken } = rig('a', 'b');
    breakOpen(health, 'a');
    expect(taken(1)).toEqual(['b']);
    clock.advance(5000);
    expect(taken(1)).toEqual(['a']);
  });

  test('the last candidate is there for whoever asks anyway', () => {
    const { health, turns, taken } = rig('a', 'b');
    breakOpen(health, 'a');
    health.pauses.note('b', 9000);
    expect(taken(1)).toEqual([undefined]);
    expect(turns.takeAnyway()?.healthKey).toBe('a');
    expect(turns.waitMs).toBe(3750);
  });

  test('whose credential is not taken is asked no more', () => {
    const { turns, taken } = rig('a', 'b');
    turns.exclude(targetOf('a'));
    expect(taken(3)).toEqual(['b', 'b', undefined]);
  });

  test('whether there is somebody fresh who could be asked at once', () => {
    const { health, turns, taken } = rig('a', 'b');
    expect([turns.hasFresh, taken(1), turns.hasFresh]).toEqual([true, ['a'], true]);
    health.pauses.note('b', 100);
    expect(turns.hasFresh).toBe(false);
    health.pauses.note('a', 100);
    expect([taken(1), turns.hasFresh]).toEqual([[undefined], false]);
  });
});
