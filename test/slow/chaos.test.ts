import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { runChaos } from '../support/chaos-run.ts';
import { drawSchedule } from '../support/chaos-schedule.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(2 ** 31));
const seconds = Number(process.env['CHAOS_SECONDS'] ?? 600);
const REQUESTS_PER_SECOND = 100;
/** From the beginning to the end of an outage of both, and what is around it. */
const SECONDS_MIN = 60;
const SUCCESS_PERCENT_MIN = 99.9;
const AMPLIFICATION_MAX = 1.1;
const OPENED_MS_MAX = 5000;
const USED_MS_MAX = 10_000;
const SHOWN_MAX = 5;

function round(values: readonly number[]): string {
  return values.map((value) => value.toFixed(0)).join(' ');
}

test(`two upstreams that fail at random, behind one route (CHAOS_SEED=${String(seed)})`, async () => {
  const schedule = drawSchedule(seed, Math.max(SECONDS_MIN, seconds) * 1000);
  process.stdout.write(
    `chaos: CHAOS_SEED=${String(seed)}, ${schedule.outages.map(({ away, fault, fromMs, toMs }) => `${away.join('+')} ${fault} ${String(fromMs)}–${String(toMs)}`).join(', ')}\n`,
  );
  const figures = await runChaos(schedule, REQUESTS_PER_SECOND);
  const { requests, lost, failed, falseAnswers, amplification } = figures;
  const { successPercent, openedMs, usedMs, awayMs } = figures;
  process.stdout.write(
    `chaos: ${String(requests)} requests, ${successPercent.toFixed(3)} % answered of those that no content was lost of (${String(lost)} were), amplification ${String(amplification?.toFixed(3))}; opened after ${round(openedMs)} ms; used again after ${round(usedMs)} ms; this process was kept waiting for ${awayMs.toFixed(0)} ms at most\n`,
  );
  for (const { sentAtMs, status, said } of failed.slice(0, SHOWN_MAX)) {
    process.stdout.write(`chaos: at ${sentAtMs.toFixed(0)} ms ${String(status)} ${said}\n`);
  }
  expect(falseAnswers).toEqual([]);
  expect(requests).toBeGreaterThan((schedule.durationMs / 1000) * REQUESTS_PER_SECOND * 0.99);
  expect(successPercent).toBeGreaterThanOrEqual(SUCCESS_PERCENT_MIN);
  expect(Math.max(0, ...openedMs)).toBeLessThanOrEqual(OPENED_MS_MAX);
  expect(Math.max(0, ...usedMs)).toBeLessThanOrEqual(USED_MS_MAX);
  expect(amplification ?? 1).toBeLessThanOrEqual(AMPLIFICATION_MAX);
});
