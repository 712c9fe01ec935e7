import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../std/assert.ts';
import type { QueryMessage, QueryReply } from './background-reader.ts';

/** Runs queries one after the other, away from the thread that serves requests. */
const BUSY_TIMEOUT_MS = 5000;

assert(parentPort !== null, 'the reader runs as a worker thread');
const port = parentPort;
const { path } = workerData as { readonly path: string };
const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });

port.on('message', (message: QueryMessage) => {
  port.postMessage(answer(message));
});

function answer({ id, text, values }: QueryMessage): QueryReply {
  try {
    return { id, kind: 'rows', rows: database.prepare(text).all(...values) };
  } catch (error) {
    return { id, kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
