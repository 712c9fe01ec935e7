import { describe, expect, test } from 'vitest';
import { upstreamOf } from '../../test/support/planned-routes.ts';
import { refusal } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { countOf, listOfModels } from './probe-question.ts';
import { RecoveryProbes } from './recovery-probes.ts';
import { UpstreamHealth } from './upstream-health.ts';

const random = { bytes: (count: number): Uint8Array => new Uint8Array(count).fill(255) };
type Answered = Awaited<ReturnType<Upstream['send']>>;

const answer = (status: number): Answered => ({
  kind: 'answer',
  status,
  headers: [],
  isEventStream: false,
  body: sourceOf(new Uint8Array(0)),
});

/** An upstream that is probed each second and answers with what is given in turn, then not at all. */
function probed(given: readonly (Answered | 'throws')[], question = listOfModels) {
  const clock = new ManualClock();
  const health = new UpstreamHealth(clock, random);
  const asked: string[] = [];
  let cancelled = 0;
  const upstream: Upstream = {
    ...upstreamOf('a'),
    send: (request, cancellation) => {
      const next = given[asked.length];
      asked.push(request.operation);
      if (next === 'throws') throw new Error('a driver fault');
      if (next !== undefined) return Promise.resolve(next);
      return new Promise((resolve) => {
        cancellation.onCancel(() => {
          cancelled += 1;
          resolve(refusal('upstream_failed'));
        });
      });
    },
  };
  const probes = new RecoveryProbes(clock, health);
  const fail = (): void => {
    for (let at = 0; at < 5; at += 1) health.breakers.report('a#0/m', 'failed');
  };
  const after = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  const watch = (): void => {
    probes.watch([{ upstream, everyMs: 1000, question }]);
  };
  return { health, probes, asked, fail, after, watch, cancelled: () => cancelled };
}

describe('probes of upstreams that are left alone', () => {
  test('who works is not asked', async () => {
    const { asked, after, watch } = probed([]);
    watch();
    for (let at = 0; at < 5; at += 1) await after(1000);
    expect(asked).toEqual([]);
  });

  test.each<[string, Answered | 'throws', boolean]>([
    ['a list of models', answer(200), true],
    ['a word that there is no such list', answer(404), true],
    ['the same of a driver', refusal('not_found'), true],
    ['a no to the credential', answer(401), false],
    ['a limit', answer(429), false],
    ['a failure', answer(503), false],
    ['no connection', refusal('upstream_failed'), false],
    ['a fault of the driver', 'throws', false],
  ])('%s', async (_name, given, isBack) => {
    const { health, asked, fail, after, watch } = probed([given]);
    watch();
    fail();
    await after(1000);
    expect(asked).toEqual(['models.list']);
    expect(health.isFree('a#0/m')).toBe(isBack);
    // One request proves it: others wait for what becomes of that.
    const verdicts = [health.breakers.admit('a#0/m').kind, health.isFree('a#0/m')];
    expect(verdicts).toEqual([isBack ? 'pass' : 'open', false]);
  });

  test.each([200, 400])('a host that lists no models counts a word: %j', async (status) => {
    const { health, asked, fail, after, watch } = probed([answer(status)], countOf('m'));
    watch();
    fail();
    await after(1000);
    expect([asked, health.isFree('a#0/m')]).toEqual([['messages.count_tokens'], true]);
  });

  test('it is asked again and again, until it is back', async () => {
    const { health, asked, fail, after, watch } = probed([answer(503), answer(503), answer(200)]);
    watch();
    fail();
    for (let at = 0; at < 3; at += 1) await after(1000);
    expect([asked.length, health.isFree('a#0/m')]).toEqual([3, true]);
  });

  test('an answer that does not come is none after five seconds', async () => {
    const { asked, fail, after, watch, cancelled } = probed([]);
    watch();
    fail();
    await after(1000);
    await after(4999);
    expect([asked.length, cancelled()]).toEqual([1, 0]);
    await after(1);
    expect(cancelled()).toBe(1);
    await after(1000);
    expect(asked.length).toBe(2);
  });

  test('who is watched no more is asked no more', async () => {
    const { probes, asked, fail, after, watch, cancelled } = probed([]);
    watch();
    fail();
    await after(1000);
    probes.watch([]);
    await after(10_000);
    expect([asked.length, cancelled()]).toEqual([1, 1]);
  });
});
