/**
 * Worker that wakes the generator at given instants. Timers of the event loop are good to a millisecond, more than a
 * whole exchange takes; spinning would take the core from the upstream; a timed wait on a lock is good to 0.1 ms.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { readClockUs } from '../upstream/answers.ts';

/** What the pacer is started with: instants in microseconds of the shared monotonic clock, ascending. */
export type PacerData = { readonly instantsUs: readonly number[] };

function isPacerData(value: unknown): value is PacerData {
  return (
    typeof value === 'object' &&
    value !== null &&
    'instantsUs' in value &&
    Array.isArray(value.instantsUs)
  );
}

if (parentPort === null || !isPacerData(workerData))
  throw new Error('the pacer runs as a worker with its instants');
const lock = new Int32Array(new SharedArrayBuffer(4));
for (const [index, instantUs] of workerData.instantsUs.entries()) {
  const waitUs = instantUs - readClockUs();
  if (waitUs > 0) Atomics.wait(lock, 0, 0, waitUs / 1_000);
  parentPort.postMessage(index);
}
