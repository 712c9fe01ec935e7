import { Worker } from 'node:worker_threads';
import { StoreFault } from './open-database.ts';
import type { Write, WriteMessage, WriteResult, WriterReply } from './statements.ts';

interface Waiting {
  readonly resolve: (changes: number) => void;
  readonly reject: (fault: StoreFault) => void;
}

/** The writer thread as the rest of the store sees it. */
export interface Writer {
  /** Resolves with the number of changed rows once they are durable; rejects where they are not. */
  write(write: Write): Promise<number>;
  /** The same for several statements that land together or not at all. */
  writeAll(writes: readonly Write[]): Promise<number>;
  /** Waits for what was handed over, then ends the thread. */
  close(): Promise<void>;
}

/** Starts the writer thread; resolves when it has the database open. */
export function startWriter(path: string, onDeath: (reason: string) => void): Promise<Writer> {
  // Tests run the sources, the built server its output: the thread's file ends as this one does.
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const entry = new URL(`./writer-thread${extension}`, import.meta.url);
  const worker = new Worker(entry, { workerData: { path }, name: 'store-writer' });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let dead: string | undefined;
  let onIdle: (() => void) | undefined;

  const settle = (result: WriteResult): void => {
    const waiter = waiting.get(result.id);
    waiting.delete(result.id);
    if (result.kind === 'written') waiter?.resolve(result.changes);
    else waiter?.reject(new StoreFault(result.message));
  };
  const die = (reason: string): void => {
    if (dead !== undefined) return;
    dead = reason;
    for (const { reject } of waiting.values()) reject(new StoreFault(reason));
    waiting.clear();
    onIdle?.();
  };

  const writer: Writer = {
    write: (write) => writer.writeAll([write]),
    writeAll(writes: readonly Write[]): Promise<number> {
      if (dead !== undefined) return Promise.reject(new StoreFault(dead));
      nextId += 1;
      const packed = writes.map((write) => ({
        statement: write.statement,
        rows: hasBytes(write) ? write.rows : JSON.stringify(write.rows),
      }));
      const message: WriteMessage = { id: nextId, writes: packed };
      return new Promise((resolve, reject) => {
        waiting.set(message.id, { resolve, reject });
        worker.postMessage(message);
      });
    },
    async close(): Promise<void> {
      if (waiting.size > 0) {
        await new Promise<void>((resolve) => {
          onIdle = resolve;
        });
      }
      dead ??= 'the store is closed';
      await worker.terminate();
    },
  };

  return new Promise((resolve, reject) => {
    worker.on('message', (reply: WriterReply) => {
      if (reply.kind === 'ready') {
        resolve(writer);
        return;
      }
      for (const result of reply.results) settle(result);
      if (waiting.size === 0) onIdle?.();
    });
    worker.on('error', (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      reject(new StoreFault(reason));
      die(reason);
      onDeath(reason);
    });
    worker.on('exit', () => {
      if (dead !== undefined) return;
      die('the store writer ended');
      onDeath('the store writer ended');
    });
  });
}

function hasBytes({ rows }: Write): boolean {
  return (
    rows[0]?.some((value) => value instanceof Uint8Array || typeof value === 'bigint') ?? false
  );
}
