import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { OnRead } from '../ledger/audit-trail.ts';
import { assert } from '../std/assert.ts';
import type { ReaderMessage, ReaderReply, VerifyMessage } from './background-reader.ts';
import { verifyAuditLog, verifyLedger } from './ledger-verification.ts';
import { stepBack } from './step-back.ts';

/** Runs queries one after the other, away from the thread that serves requests. */
const BUSY_TIMEOUT_MS = 5000;

// A question about a million rows must not be felt by a request on the same core.
stepBack();
assert(parentPort !== null, 'the reader runs as a worker thread');
const port = parentPort;
const { path } = workerData as { readonly path: string };
const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });

port.on('message', (message: ReaderMessage) => {
  port.postMessage(answer(message));
});

function answer(message: ReaderMessage): ReaderReply {
  const { id } = message;
  try {
    return { id, kind: 'done', found: look(message) };
  } catch (error) {
    return { id, kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function look(message: ReaderMessage): Extract<ReaderReply, { kind: 'done' }>['found'] {
  switch (message.kind) {
    case 'query':
      return database.prepare(message.text).all(...message.values);
    case 'ledger':
      return verifyLedger(database, watcherOf(message));
    case 'auditLog':
      return verifyAuditLog(database, watcherOf(message));
  }
}

/** Messages go out while the thread goes on reading. */
function watcherOf({ id, isWatched }: VerifyMessage): OnRead | undefined {
  if (!isWatched) return undefined;
  return (rows, total) => {
    const reply: ReaderReply = { id, kind: 'read', rows, total };
    port.postMessage(reply);
  };
}
