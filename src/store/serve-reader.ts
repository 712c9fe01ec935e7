import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { OnRead } from '../ledger/audit-trail.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { assert } from '../std/assert.ts';
import type {
  AnswerMessage,
  BackgroundReader,
  QueryMessage,
  ReaderData,
  ReaderMessage,
  ReaderReply,
  VerifyMessage,
} from './background-reader.ts';
import { verifyAuditLog, verifyLedger } from './ledger-verification.ts';
import { stepBack } from './step-back.ts';

/** Makes the answers of the thread, by their names. */
export type AnswerMaker = (
  name: string,
  input: object,
  rows: Pick<BackgroundReader, 'query'>,
) => Promise<object | Refusal>;

type Found = Extract<ReaderReply, { kind: 'done' }>['found'];

const BUSY_TIMEOUT_MS = 5000;
const encoder = new TextEncoder();

/** Runs queries one after the other, away from the thread that serves requests: as a worker thread. */
export function serveReader(makeAnswer: AnswerMaker): void {
  assert(parentPort !== null, 'the reader runs as a worker thread');
  const port = parentPort;
  const { path, standing } = workerData as ReaderData;
  // A question about a million rows must not be felt by a request on the same core.
  stepBack(standing);
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const rows = {
    query: async (text: string, values: QueryMessage['values']) =>
      database.prepare(text).all(...values),
  };

  const look = async (message: ReaderMessage): Promise<Found> => {
    switch (message.kind) {
      case 'query':
        return rows.query(message.text, message.values);
      case 'answer':
        return encodeAnswer(message);
      case 'ledger':
        return verifyLedger(database, watcherOf(message));
      case 'auditLog':
        return verifyAuditLog(database, watcherOf(message));
    }
  };

  const encodeAnswer = async ({ name, input }: AnswerMessage): Promise<Uint8Array | Refusal> => {
    const answer = await makeAnswer(name, input, rows);
    return isRefusal(answer) ? answer : encoder.encode(JSON.stringify(answer));
  };

  /** Messages go out while the thread goes on reading. */
  const watcherOf = ({ id, isWatched }: VerifyMessage): OnRead | undefined =>
    isWatched
      ? (read, total) => {
          port.postMessage({ id, kind: 'read', rows: read, total } satisfies ReaderReply);
        }
      : undefined;

  const reply = async (message: ReaderMessage): Promise<void> => {
    const { id } = message;
    try {
      const found = await look(message);
      const done: ReaderReply = { id, kind: 'done', found };
      // Bytes go over as they are; whatever else there is, is copied.
      port.postMessage(done, found instanceof Uint8Array ? [found.buffer as ArrayBuffer] : []);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      port.postMessage({ id, kind: 'failed', message: reason } satisfies ReaderReply);
    }
  };

  port.on('message', (message: ReaderMessage) => {
    void reply(message);
  });
  port.postMessage({ kind: 'begun' } satisfies ReaderReply);
}
