/**
 * The load generator: runs the one job given as a JSON argument and prints the result as a line. Its own process, so that
 * it sits on its own core and its garbage collection is never the bench's bookkeeping.
 */
import { readFileSync } from 'node:fs';
import { runClosedLoop } from './load/closed-loop.ts';
import { encodeRequest } from './load/connection.ts';
import {
  type LoadJob,
  type LoadResult,
  measureBeginsLine,
  measureEndsLine,
  resultLinePrefix,
} from './load/jobs.ts';
import { runOpenLoop } from './load/open-loop.ts';
import { runOpenStreams } from './load/open-streams.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(what: 'begins' | 'ends'): void {
  print(what === 'begins' ? measureBeginsLine : measureEndsLine);
}

async function runJob(job: LoadJob): Promise<LoadResult> {
  const { port, path, headers, bodyPath } = job.target;
  const request = encodeRequest({ port, path, headers, body: readFileSync(bodyPath) });
  switch (job.kind) {
    case 'open-loop':
      return runOpenLoop(job, request, report);
    case 'closed-loop':
      return runClosedLoop(job, request);
    case 'open-streams':
      return runOpenStreams(job, request, report);
  }
}

const job = JSON.parse(process.argv[2] ?? '') as LoadJob;
print(resultLinePrefix + JSON.stringify(await runJob(job)));
process.exit(0);
