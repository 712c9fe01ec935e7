import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import type { ClosedLoopJob, ClosedLoopResult } from './jobs.ts';

/** Bounds the reconnecting to a candidate that refuses every connection. */
const failuresMax = 10_000;

/** Keeps every connection busy: the next request goes out as soon as an answer is complete. */
export async function runClosedLoop(
  job: ClosedLoopJob,
  request: Buffer,
): Promise<ClosedLoopResult> {
  const open = new Set<Connection>();
  let requests = 0;
  let failed = 0;
  let isOver = false;
  const drive = (connection: Connection): void => {
    open.add(connection);
    connection.send(request, {
      onEnd: (status) => {
        if (isOver) return;
        if (status === 200) requests += 1;
        else failed += 1;
        if (connection.isFree) {
          drive(connection);
          return;
        }
        open.delete(connection);
        if (failed < failuresMax) drive(new Connection(job.target.port));
      },
    });
  };
  const beganAtMs = performance.now();
  for (let index = 0; index < job.connections; index += 1) drive(new Connection(job.target.port));
  await sleep(job.durationMs);
  isOver = true;
  const durationMs = performance.now() - beganAtMs;
  for (const connection of open) connection.close();
  return { kind: 'closed-loop', requests, failed, durationMs };
}
