import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ChaosClient } from '../support/chaos-client.ts';
import type { GatewayMemory } from '../support/chaos-gateway-process.ts';
import { noRssReason, startGatewayProcess } from '../support/chaos-gateway-process.ts';
import { chaosYaml } from '../support/chaos-run.ts';
import { ChaosUpstream } from '../support/chaos-upstream.ts';

const minutes = Number(process.env['SOAK_MINUTES'] ?? 60);
const REQUESTS_PER_SECOND = 50;
const SEED = 7;
/** Caches fill and code is compiled in this time; a short run takes half of its own. */
const settleMinutes = Math.min(10, minutes / 2);
const MINUTE_MS = 60_000;
const MINUTES_PER_HOUR = 60;
const SLOPE_BYTES_MAX = 1_000_000;
/** Below this a slope says more of when memory was collected last than of what is kept. */
const JUDGED_MINUTES_MIN = 30;
const LOST_SHARE_MAX = 0.02;
const REFUSED_SHARE_MAX = 0.001;

if (noRssReason !== undefined) process.stdout.write(`skipped: ${noRssReason}\n`);

interface Point extends GatewayMemory {
  readonly minute: number;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

/** Least squares: how much it grows in an hour. */
function bytesPerHour(points: readonly Point[], bytesOf: (point: Point) => number): number {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const minute = mean((point) => point.minute);
  const bytes = mean(bytesOf);
  const together = mean((point) => (point.minute - minute) * (bytesOf(point) - bytes));
  const alone = mean((point) => (point.minute - minute) ** 2);
  return (together / alone) * MINUTES_PER_HOUR;
}

test.skipIf(noRssReason !== undefined)(
  `${String(minutes)} minutes of traffic with failing upstreams leave nothing behind in memory`,
  { timeout: (minutes + 5) * MINUTE_MS },
  async () => {
    const one = await ChaosUpstream.start(SEED, 1);
    const two = await ChaosUpstream.start(SEED, 2);
    const gateway = await startGatewayProcess(chaosYaml({ one, two }));
    const startedMs = performance.now();
    const client = new ChaosClient(gateway.url, gateway.headers, startedMs);
    let sent = 0;
    const timer = setInterval(() => {
      const due = ((performance.now() - startedMs) * REQUESTS_PER_SECOND) / 1000;
      for (; sent < due; sent += 1) client.ask(sent, sent % 3 !== 0);
    }, 10);
    try {
      const points: Point[] = [];
      for (let minute = 1; minute <= minutes; minute += 1) {
        // The least of each minute: what came since it was last collected is not what is kept.
        points.push({ minute, ...(await gateway.leastMemory(MINUTE_MS)) });
      }
      clearInterval(timer);
      for (const end = performance.now() + MINUTE_MS; client.open > 0;) {
        if (performance.now() > end) throw new Error(`${String(client.open)} requests had no end`);
        await sleep(10);
      }
      const settled = points.filter(({ minute }) => minute > settleMinutes);
      const slopes = {
        rss: bytesPerHour(settled, ({ rssBytes }) => rssBytes),
        kept: bytesPerHour(settled, ({ keptBytes }) => keptBytes),
      };
      const outcomes = Object.groupBy(client.rows, ({ outcome }) => outcome);
      const { lost = [], refused = [], 'false-answer': falseAnswers = [] } = outcomes;
      process.stdout.write(
        `soak: ${String(client.rows.length)} requests, ${String(lost.length)} lost, ${String(refused.length)} refused; after ${String(settleMinutes)} minutes the process grows by ${megabytes(slopes.rss)} MB an hour, what it keeps by ${megabytes(slopes.kept)}; MB by the minute: ${points.map(({ rssBytes, keptBytes }) => `${megabytes(rssBytes)}/${megabytes(keptBytes)}`).join(' ')}\n`,
      );
      expect(falseAnswers).toEqual([]);
      expect(lost.length / client.rows.length).toBeLessThan(LOST_SHARE_MAX);
      expect(refused.length / client.rows.length).toBeLessThan(REFUSED_SHARE_MAX);
      const isJudged = settled.length >= JUDGED_MINUTES_MIN;
      const tooSteep = Object.entries(slopes).filter(([, slope]) => slope > SLOPE_BYTES_MAX);
      expect(isJudged ? tooSteep : []).toEqual([]);
    } finally {
      clearInterval(timer);
      client.close();
      await gateway.stop();
      await Promise.all([one.stop(), two.stop()]);
    }
  },
);
