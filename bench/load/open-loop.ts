import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { readClockUs } from '../upstream/answers.ts';
import { Connection } from './connection.ts';
import type { OpenLoopJob, OpenLoopResult } from './jobs.ts';
import { summarizeLatencies } from './latencies.ts';

const connectionsMax = 2_000;
const startDelayMs = 200;
const lastAnswersWithinMs = 5_000;

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Poisson arrivals: independent callers, so bursts happen as they do in life. */
function drawInstantsUs(job: OpenLoopJob, beginsAtUs: number): number[] {
  const random = createRandom(job.seed);
  const endsAtUs = beginsAtUs + (job.warmUpMs + job.durationMs) * 1_000;
  const instantsUs: number[] = [];
  for (let atUs = beginsAtUs; ;) {
    atUs += (-Math.log(1 - random()) * 1_000_000) / job.ratePerSecond;
    if (atUs >= endsAtUs) return instantsUs;
    instantsUs.push(Math.round(atUs));
  }
}

type Sample = {
  readonly intendedAtUs: number;
  readonly sentAtUs: number;
  firstByteAtUs: number;
  endedAtUs: number;
};

/** Sends on the connection used last, so that no more are open than the load needs. */
class ConnectionPool {
  readonly #free: Connection[] = [];
  readonly #port: number;
  #open = 0;
  isClosed = false;

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends the request and fills the sample; a request that finds no connection counts as never answered. */
  send(request: Buffer, sample: Sample): void {
    let connection = this.#free.pop();
    while (connection !== undefined && !connection.isFree) {
      this.#open -= 1;
      connection = this.#free.pop();
    }
    if (connection === undefined) {
      if (this.#open >= connectionsMax) return;
      this.#open += 1;
      connection = new Connection(this.#port);
    }
    const used = connection;
    used.send(request, {
      onFirstByte: () => {
        sample.firstByteAtUs = readClockUs();
      },
      onEnd: (status) => {
        if (status === 200) sample.endedAtUs = readClockUs();
        if (used.isFree && !this.isClosed) this.#free.push(used);
        else this.#open -= 1;
      },
    });
  }

  close(): void {
    this.isClosed = true;
    for (const connection of this.#free) connection.close();
  }
}

function summarize(samples: readonly Sample[]): OpenLoopResult {
  const answered = samples.filter((sample) => sample.endedAtUs !== Infinity);
  const list = (read: (sample: Sample) => number): number[] =>
    samples.map((sample) => (read(sample) - sample.intendedAtUs) / 1_000);
  return {
    kind: 'open-loop',
    sent: samples.length,
    failed: samples.length - answered.length,
    firstByteMs: summarizeLatencies(list((sample) => sample.firstByteAtUs)),
    totalMs: summarizeLatencies(list((sample) => sample.endedAtUs)),
    sendDelayMs: summarizeLatencies(list((sample) => sample.sentAtUs)),
  };
}

/** Offers a fixed load; every latency counts from the instant the request should have been sent. */
export async function runOpenLoop(
  job: OpenLoopJob,
  request: Buffer,
  report: (line: 'begins' | 'ends') => void,
): Promise<OpenLoopResult> {
  const beginsAtUs = readClockUs() + startDelayMs * 1_000;
  const measuredFromUs = beginsAtUs + job.warmUpMs * 1_000;
  const instantsUs = drawInstantsUs(job, beginsAtUs);
  if (instantsUs.length === 0)
    throw new Error('the rate and the time are too small for a single request');
  const pool = new ConnectionPool(job.target.port);
  const samples: Sample[] = [];
  const pacer = new Worker(new URL('./pacer.ts', import.meta.url), { workerData: { instantsUs } });
  const allSent = new Promise<void>((resolve, reject) => {
    pacer.once('error', reject);
    pacer.on('message', (index: number) => {
      const intendedAtUs = instantsUs[index] ?? Infinity;
      const sample = {
        intendedAtUs,
        sentAtUs: readClockUs(),
        firstByteAtUs: Infinity,
        endedAtUs: Infinity,
      };
      if (intendedAtUs >= measuredFromUs) {
        if (samples.length === 0) report('begins');
        samples.push(sample);
      }
      pool.send(request, sample);
      if (index === instantsUs.length - 1) resolve();
    });
  });
  await allSent;
  const deadlineMs = performance.now() + lastAnswersWithinMs;
  while (samples.some((sample) => sample.endedAtUs === Infinity) && performance.now() < deadlineMs)
    await sleep(20);
  report('ends');
  pool.close();
  await pacer.terminate();
  return summarize(samples);
}
