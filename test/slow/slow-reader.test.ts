import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { GatewayMemory } from '../support/chaos-gateway-process.ts';
import { noRssReason, startGatewayProcess } from '../support/chaos-gateway-process.ts';
import { startLongUpstream } from '../support/chaos-long-upstream.ts';
import { StreamReader } from '../support/chaos-reader.ts';
import { upstreamYaml } from '../support/scripted-upstream.ts';

const STREAM_BYTES = 100 * 1024 * 1024;
/**
 * The first ones show what it takes to do this at all: what engine and allocator keep of what went by
 * grows with them and not after them. The others show what each costs.
 */
const FIRST_STALLED = 40;
const MORE_STALLED = 80;
const BYTES_EACH_MAX = 512 * 1024;
/** Memory is collected once at least in this time. */
const LOOK_MS = 10_000;
const STALLED_MS = 1000;
const WAIT_MS_MAX = 120_000;
const KIBI = 1024;

if (noRssReason !== undefined) process.stdout.write(`skipped: ${noRssReason}\n`);

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + WAIT_MS_MAX;
  while (!isSo() && performance.now() < end) await sleep(20);
  if (!isSo()) throw new Error(`not so after ${String(WAIT_MS_MAX)} ms: ${isSo.toString()}`);
}

/** Until the upstream could write nothing for a while. */
async function untilStalled(upstream: { readonly writtenBytes: number }): Promise<void> {
  let seen = -1;
  while (upstream.writtenBytes !== seen) {
    seen = upstream.writtenBytes;
    await sleep(STALLED_MS);
  }
}

/** What each further stream cost. */
function eachOf(first: GatewayMemory, all: GatewayMemory): GatewayMemory {
  return {
    rssBytes: (all.rssBytes - first.rssBytes) / MORE_STALLED,
    keptBytes: (all.keptBytes - first.keptBytes) / MORE_STALLED,
  };
}

test.skipIf(noRssReason !== undefined)(
  'a reader that reads nothing of 100 MB costs half a MiB at most, and gets all of it when it reads',
  async () => {
    const upstream = await startLongUpstream();
    upstream.streamBytes = STREAM_BYTES;
    // So that no reader counts as gone while this looks at it.
    const gateway = await startGatewayProcess(
      `timeouts: { client_stall_ms: 600000 }\n${upstreamYaml(upstream.url)}`,
    );
    const stalled: StreamReader[] = [];
    const stall = async (count: number): Promise<GatewayMemory> => {
      for (let at = 0; at < count; at += 1) {
        stalled.push(new StreamReader(gateway.url, gateway.headers, false));
      }
      await until(() => upstream.open === stalled.length);
      await untilStalled(upstream);
      return gateway.leastMemory(LOOK_MS);
    };
    try {
      const first = await stall(FIRST_STALLED);
      const all = await stall(MORE_STALLED);
      const each = eachOf(first, all);
      const written = upstream.writtenBytes / stalled.length;
      process.stdout.write(
        `slow reader: each costs ${(each.rssBytes / KIBI).toFixed(0)} KiB of the process, ${(each.keptBytes / KIBI).toFixed(0)} KiB kept (${(all.rssBytes / 1e6).toFixed(1)} and ${(all.keptBytes / 1e6).toFixed(1)} MB with ${String(stalled.length)}); its upstream could write ${(written / 1e6).toFixed(1)} MB, socket buffers included\n`,
      );
      expect(stalled.filter(({ isClosed }) => isClosed)).toEqual([]);
      const [one, ...others] = stalled;
      for (const reader of others) reader.close();
      one?.read();
      await until(() => one?.isClosed === true);
      expect([one?.hasEnded, one?.hasFailed]).toEqual([true, false]);
      expect(one?.bytes).toBeGreaterThan(STREAM_BYTES);
      expect(each.keptBytes).toBeLessThanOrEqual(BYTES_EACH_MAX);
      expect(each.rssBytes).toBeLessThanOrEqual(BYTES_EACH_MAX);
    } finally {
      for (const reader of stalled) reader.close();
      await gateway.stop();
      await upstream.stop();
    }
  },
);
