import { setTimeout as sleep } from 'node:timers/promises';
import { readClockUs, stampDigits, stampPrefix } from '../upstream/answers.ts';
import { Connection } from './connection.ts';
import type { OpenStreamsJob, OpenStreamsResult } from './jobs.ts';
import { summarizeLatencies } from './latencies.ts';

const stampChars = stampPrefix.length + stampDigits;

/** Calls back with each stamp in a stream's bytes; returns the end of the text that may hold the beginning of one. */
function readStamps(text: string, onStamp: (sentAtUs: number) => void): string {
  let from = 0;
  for (;;) {
    const at = text.indexOf(stampPrefix, from);
    if (at < 0) return text.slice(Math.max(from, text.length - stampPrefix.length + 1));
    if (at + stampChars > text.length) return text.slice(at);
    onStamp(Number(text.slice(at + stampPrefix.length, at + stampChars)));
    from = at + stampChars;
  }
}

/** Opens the streams evenly over the ramp, lets them settle, then measures every event that arrives. */
export async function runOpenStreams(
  job: OpenStreamsJob,
  request: Buffer,
  report: (line: 'begins' | 'ends') => void,
): Promise<OpenStreamsResult> {
  const connections: Connection[] = [];
  const firstByteMs: number[] = [];
  const delaysMs: number[] = [];
  let streamsFailed = 0;
  let isMeasuring = false;
  let isOver = false;
  const takeStamp = (sentAtUs: number): void => {
    if (isMeasuring) delaysMs.push((readClockUs() - sentAtUs) / 1_000);
  };
  const open = (): void => {
    const openedAtMs = performance.now();
    let carry = '';
    const connection = new Connection(job.target.port);
    connections.push(connection);
    connection.send(request, {
      onFirstByte: () => firstByteMs.push(performance.now() - openedAtMs),
      onBody: (bytes) => {
        carry = readStamps(carry + bytes.toString('latin1'), takeStamp);
      },
      onEnd: () => {
        // A paced stream is longer than the measuring: one that ends by itself was cut off or refused.
        if (!isOver) streamsFailed += 1;
      },
    });
  };
  const beganAtMs = performance.now();
  for (let index = 0; index < job.streams; index += 1) {
    open();
    const aheadMs = beganAtMs + ((index + 1) * job.rampMs) / job.streams - performance.now();
    if (aheadMs > 1) await sleep(aheadMs);
  }
  await sleep(job.settleMs);
  report('begins');
  isMeasuring = true;
  await sleep(job.durationMs);
  isMeasuring = false;
  report('ends');
  isOver = true;
  for (const connection of connections) connection.close();
  const unanswered = job.streams - firstByteMs.length;
  return {
    kind: 'open-streams',
    streamsOpen: job.streams - streamsFailed,
    streamsFailed: Math.max(streamsFailed, unanswered),
    events: delaysMs.length,
    eventDelayMs: summarizeLatencies(delaysMs),
    firstByteMs: summarizeLatencies([
      ...firstByteMs,
      ...Array.from({ length: unanswered }, () => Infinity),
    ]),
  };
}
