import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  noFilesReason,
  noRssReason,
  startGatewayProcess,
} from '../support/chaos-gateway-process.ts';
import { startLongUpstream } from '../support/chaos-long-upstream.ts';
import { StreamReader } from '../support/chaos-reader.ts';
import { upstreamYaml } from '../support/scripted-upstream.ts';

const streams = Number(process.env['OPEN_STREAMS'] ?? 5000);
const heldSeconds = Number(process.env['OPEN_STREAMS_SECONDS'] ?? 60);
const STARTED_PER_TURN = 25;
const TURN_MS = 50;
const EVENT_EVERY_MS = 2000;
const OPEN_MS_MAX = 120_000;

/** A file for each end of a connection that the process has, and some. */
const missing = noRssReason ?? noFilesReason(streams * 2 + 500);
if (missing !== undefined) process.stdout.write(`skipped: ${missing}\n`);

async function until(isSo: () => boolean, waitMsMax: number): Promise<void> {
  const end = performance.now() + waitMsMax;
  while (!isSo() && performance.now() < end) await sleep(TURN_MS);
}

test.skipIf(missing !== undefined)(
  `${String(streams)} open streams hold, and each of them comes to its end`,
  async () => {
    const upstream = await startLongUpstream();
    const gateway = await startGatewayProcess(upstreamYaml(upstream.url));
    const readers: StreamReader[] = [];
    try {
      const before = gateway.rssBytes();
      while (readers.length < streams) {
        for (let turn = 0; turn < STARTED_PER_TURN && readers.length < streams; turn += 1) {
          readers.push(new StreamReader(gateway.url, gateway.headers, true));
        }
        await sleep(TURN_MS);
      }
      await until(() => upstream.open === streams, OPEN_MS_MAX);
      expect(upstream.open).toBe(streams);
      for (let heldMs = 0; heldMs < heldSeconds * 1000; heldMs += EVENT_EVERY_MS) {
        upstream.sayAll('and so on');
        await sleep(EVENT_EVERY_MS);
      }
      expect([upstream.open, readers.filter(({ isClosed }) => isClosed).length]).toEqual([
        streams,
        0,
      ]);
      const each = (gateway.rssBytes() - before) / streams;
      process.stdout.write(
        `open streams: ${String(streams)} held for ${String(heldSeconds)} s, ${(each / 1024).toFixed(1)} KiB each\n`,
      );
      upstream.endAll();
      await until(() => readers.every(({ isClosed }) => isClosed), OPEN_MS_MAX);
      expect(readers.filter(({ hasEnded, hasFailed }) => !hasEnded || hasFailed)).toEqual([]);
      expect(new Set(readers.map(({ bytes }) => bytes)).size).toBeLessThan(streams);
    } finally {
      for (const reader of readers) reader.close();
      await gateway.stop();
      await upstream.stop();
    }
  },
);
