import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findFreePort } from './candidates/candidate.ts';
import { Connection } from './load/connection.ts';
import { summarizeLatencies } from './load/latencies.ts';
import { candidateCore } from './machine.ts';
import { startPinned } from './pinned-process.ts';
import { readTreeUsage } from './process-tree.ts';

/**
 * How well the emulator keeps its pace: many streams at once, each of which should arrive as the
 * same stream does alone. The error of an event is how much later after its stream's first event it
 * came than it did then. Needs the built program: `npm run build`.
 */

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '2000' },
    'tokens-per-second': { type: 'string', default: '20' },
    'ramp-ms': { type: 'string', default: '4000' },
  },
});
const streams = Number(values.streams);
const rampMs = Number(values['ramp-ms']);
const key = 'bench-key-0123456789';
const rootFolder = join(import.meta.dirname, '..');

/** A line of the figures. */
function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One stream, from its request to its end: when each event came, after the first one. */
function playStream(port: number, request: Buffer): Promise<readonly number[]> {
  return new Promise((resolve) => {
    const offsetsMs: number[] = [];
    let firstAtMs: number | undefined;
    let carry = '';
    const connection = new Connection(port);
    connection.send(request, {
      onFirstByte: () => {},
      onBody: (bytes) => {
        const nowMs = performance.now();
        firstAtMs ??= nowMs;
        const text = carry + bytes.toString('latin1');
        const events = text.split('\n\n');
        carry = events.pop() ?? '';
        for (const event of events) {
          if (event.startsWith('event: content_block_delta')) offsetsMs.push(nowMs - firstAtMs);
        }
      },
      onEnd: () => {
        connection.close();
        resolve(offsetsMs);
      },
    });
  });
}

function encodeRequest(port: number): Buffer {
  const body = JSON.stringify({
    model: 'claude-sonnet-4-6',
    max_tokens: 4096,
    stream: true,
    messages: [{ role: 'user', content: 'Tell me about pacing.' }],
  });
  return Buffer.from(
    `POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-api-key: ${key}\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

const workFolder = mkdtempSync(join(tmpdir(), 'quatrain-pacing-'));
const configPath = join(workFolder, 'quatrain.yaml');
const scenarioPath = join(workFolder, 'scenarios.yaml');
const words = Array.from({ length: 260 }, (_, index) => `word${index}`).join(' ');
writeFileSync(
  configPath,
  `emulator:\n  tokens_per_second: ${values['tokens-per-second']}\n  first_token_ms: 500\n  scenarios_file: ${scenarioPath}\n`,
);
writeFileSync(
  scenarioPath,
  JSON.stringify({ scenarios: [{ name: 'long', respond: { content: words } }] }),
);
const port = await findFreePort();
const adminPort = await findFreePort();
const emulator = await startPinned({
  command: process.execPath,
  args: [
    join(rootFolder, 'dist', 'program', 'quatrain.js'),
    'emulate',
    '--port',
    String(port),
    '--admin-port',
    String(adminPort),
    '--data',
    join(workFolder, 'data'),
    '--config',
    configPath,
    '--dev-key',
    key,
  ],
  core: candidateCore,
  env: { HOME: workFolder, NODE_ENV: 'production' },
  cwd: rootFolder,
  logPath: join(workFolder, 'emulator.log'),
});
try {
  await emulator.waitForLog(/listening on/, 15_000);
  const request = encodeRequest(port);
  await playStream(port, request);
  const alone = await playStream(port, request);
  const cpuBefore = readTreeUsage([emulator.pid]).cpuUs;
  const beganMs = performance.now();
  const playing: Promise<readonly number[]>[] = [];
  for (let index = 0; index < streams; index += 1) {
    playing.push(playStream(port, request));
    const aheadMs = beganMs + ((index + 1) * rampMs) / streams - performance.now();
    if (aheadMs > 1) await sleep(aheadMs);
  }
  const played = await Promise.all(playing);
  const seconds = (performance.now() - beganMs) / 1000;
  const { cpuUs, rssKb } = readTreeUsage([emulator.pid]);
  const errorsMs = played.flatMap((offsetsMs) =>
    offsetsMs.map((offsetMs, index) => Math.abs(offsetMs - (alone[index] ?? Infinity))),
  );
  const whole = played.filter(({ length }) => length === alone.length).length;
  report(
    `${streams} streams of ${alone.length} deltas over ${seconds.toFixed(1)} s, ${whole} whole`,
  );
  report(`pacing error, ms: ${JSON.stringify(summarizeLatencies(errorsMs))}`);
  report(
    `core ${Math.round((cpuUs - cpuBefore) / seconds / 10_000)} %, CPU ${((cpuUs - cpuBefore) / errorsMs.length).toFixed(1)} µs/event, RSS ${Math.round(rssKb / 1000)} MB`,
  );
} finally {
  await emulator.stop();
  rmSync(workFolder, { recursive: true, force: true });
}
