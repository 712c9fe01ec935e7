import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Phase } from '../support/fault-answer.ts';
import { marksIn } from '../support/fault-answer.ts';
import { problemsOf } from '../support/fault-checks.ts';
import type { FaultForm } from '../support/fault-forms.ts';
import { count, faultForms, wireForms } from '../support/fault-forms.ts';
import type { CellRun } from '../support/fault-run.ts';
import { FaultBench } from '../support/fault-run.ts';
import { heardBySdk } from '../support/fault-sdk.ts';
import type { FaultKind } from '../support/fault-table.ts';
import { faultCase } from '../support/fault-table.ts';
import { blockStart, closing, messageStart, ping, textDelta } from '../support/event-stream.ts';
import { askSilent, pass } from '../support/silent-answer.ts';

/** Reliability §2.4: twenty ways in which gateways break streams, and that ours does not. */

let bench: FaultBench;
beforeAll(async () => {
  bench = await FaultBench.start();
});
afterAll(() => bench.stop());

interface Told {
  readonly form?: FaultForm;
  readonly isPiece?: boolean;
  readonly allFail?: boolean;
}

/** What comes of a fault; everything that the matrix asks of it holds besides. */
async function come(kind: FaultKind, at: Phase, told: Told = {}): Promise<CellRun> {
  const { form = 'messages', isPiece = false, allFail = false } = told;
  const run = await bench.run({
    form,
    isStream: !isPiece,
    ...faultCase(kind, at),
    seed: 1,
    allFail,
  });
  expect(problemsOf(run)).toEqual([]);
  return run;
}

const ends = ({ asked, client }: CellRun): number => count(client.text, wireForms[asked.form].ends);

describe('an end that nobody said', () => {
  test.each(faultForms)(
    'failure F1 a dead upstream is no empty answer, in the form %s',
    async (form) => {
      const run = await come('connect-refused', 'P0', { form, allFail: true });
      expect([run.client.status, ends(run)]).toEqual([502, 0]);
    },
  );

  test.each(faultForms)('failure F6 a clean close is no end, in the form %s', async (form) => {
    const run = await come('eof-clean', 'P4', { form });
    expect([ends(run), await heardBySdk(run)]).toEqual([0, undefined]);
  });

  test.each(faultForms)('failure F4 an error is no empty success, in the form %s', async (form) => {
    const isPiece = form !== 'messages';
    const run = await come('error-event', 'P3', { form, isPiece, allFail: true });
    expect(run.client.status).toBeGreaterThanOrEqual(400);
    expect(await heardBySdk(run)).toBeUndefined();
  });

  test.each(faultForms.flatMap((form) => [true, false].map((isPiece) => [form, isPiece] as const)))(
    'failure F8 a 400 stays one and says why, in the form %s, in one piece: %s',
    async (form, isPiece) => {
      const { client } = await come('status-400', 'P1', { form, isPiece });
      expect([client.status, client.text.length > 20]).toEqual([400, true]);
    },
  );
});

describe('callers who leave', () => {
  test.each<[string, Phase]>([
    ['failure F9 while it is quiet', 'P1'],
    ['failure F10 before its first words', 'P3'],
    ['failure F11 in the midst of it', 'P4'],
  ])('%s: the upstream is let go, and not asked again', async (_name, at) => {
    const { requests, cell } = await come('client-gone', at);
    expect([requests.length, requests[0]?.isLeft, cell.attempts.length]).toEqual([1, true, 1]);
  });

  test.each<[string, FaultKind, string]>([
    ['failure F12 a stream that its caller left', 'client-gone', 'client_gone'],
    ['failure F12 a stream that its upstream broke', 'eof-cut', 'upstream_truncated'],
    ['failure F12 a stream that was silent too long', 'stall', 'upstream_timeout'],
  ])('%s has its row in the log', async (_name, kind, errorCode) => {
    const { cell } = await come(kind, 'P4');
    expect(cell.records.map((row) => row.errorCode)).toEqual([errorCode]);
  });

  test('failure F13 what was not produced is not billed', async () => {
    const { walletNano, posted, answers, marksBefore, client } = await come('client-gone', 'P4');
    const [answer] = answers;
    expect(marksIn(client.text)).toHaveLength(marksBefore);
    expect(answer?.marks).toBeGreaterThan(0);
    expect(walletNano - posted).toBeGreaterThan(0n);
  });

  test('failure F14 whoever leaves before the first words pays nothing', async () => {
    const { walletNano, posted } = await come('client-gone', 'P3');
    expect(walletNano - posted).toBe(0n);
  });

  test('failure F16 an upstream that never answers is given up, and another one asked', async () => {
    const { cell, client } = await come('stall', 'P1');
    expect([client.status, cell.attempts.length]).toEqual([200, 2]);
    expect(cell.log.join('')).toContain('first-byte-timeout');
  });

  test('failure F18 a connection that breaks behind the end is no disconnect', async () => {
    const { cell } = await come('reset', 'P6');
    expect(cell.records[0]?.errorCode).toBeUndefined();
  });

  test('failure F20 what is cut at the end of a drain says so', async () => {
    const run = await come('shutdown', 'P4');
    expect([count(run.client.text, wireForms.messages.errors), ends(run)]).toEqual([1, 0]);
  });
});

const pings = (text: string): number => count(text, /^event: ping$/gm);

describe('silence', () => {
  test('failure F15 an answer that takes long to begin is kept alive', async () => {
    const answer = await askSilent();
    answer.source.say(messageStart);
    await pass(answer, 60_000);
    expect(pings(answer.heard())).toBeGreaterThanOrEqual(3);
    answer.source.say(blockStart + textDelta('late') + closing);
    answer.source.sink.end();
    expect(answer.heard()).toContain('late');
    expect(answer.records.map(({ errorCode }) => errorCode)).toEqual([undefined]);
  });

  test.each<[string, number]>([
    ['failure F7 two minutes and more', 121_000],
    ['failure F17 turns that think for long', 240_000],
  ])('%s in the midst of an answer: no quarter of a minute without a byte', async (_name, ms) => {
    const answer = await askSilent();
    answer.source.say(messageStart + blockStart + textDelta('one'));
    for (let passedMs = 0; passedMs < ms; passedMs += 16_000) {
      const before = answer.heard().length;
      await pass(answer, 16_000);
      expect(answer.heard().length).toBeGreaterThan(before);
    }
    answer.source.say(textDelta('two') + closing);
    answer.source.sink.end();
    expect(answer.heard().endsWith(closing)).toBe(true);
    expect(answer.records.map(({ errorCode }) => errorCode)).toEqual([undefined]);
  });

  test('failure F19 an hour of pings is no reason to cut', async () => {
    const answer = await askSilent();
    answer.source.say(messageStart + blockStart + textDelta('one'));
    for (let minute = 0; minute < 60; minute += 1) {
      await pass(answer, 30_000);
      answer.source.say(ping);
      await pass(answer, 30_000);
    }
    answer.source.say(closing);
    answer.source.sink.end();
    expect(answer.heard().endsWith(closing)).toBe(true);
  });
});
