import type {
  BatchItem,
  MessageBatch,
  NewBatch,
  OutcomeCounts,
} from '../messages/message-batch.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import type { BatchCursor, QueueBounds, RecordedItem } from '../store/sqlite-batch-store.ts';

/** Where batches and their items live. Writes resolve once they are durable. */
export interface BatchStore {
  find(account: string, id: string): MessageBatch | undefined;
  sequenceOf(account: string, id: string): number | undefined;
  list(
    account: string,
    cursor: BatchCursor | undefined,
    limit: number,
  ): { readonly batches: readonly MessageBatch[]; readonly hasMore: boolean };
  unfinished(): readonly MessageBatch[];
  pendingItems(id: string, afterPosition: number, limit: number): readonly BatchItem[];
  recorded(id: string): { readonly counts: OutcomeCounts; readonly resultsEnd: number };
  toArchive(createdBeforeMs: number, limit: number): readonly string[];
  idsWithItems(): readonly string[];
  statusOf(
    id: string,
  ): { readonly status: MessageBatch['status']; readonly isArchived: boolean } | undefined;
  addItems(id: string, items: readonly BatchItem[]): Promise<void>;
  add(batch: NewBatch, bounds: QueueBounds): Promise<boolean>;
  recordItems(id: string, items: readonly RecordedItem[]): Promise<void>;
  cancel(id: string, atMs: number): Promise<boolean>;
  end(
    id: string,
    ended: {
      readonly atMs: number;
      readonly counts: OutcomeCounts;
      readonly resultsBytes: number;
    },
  ): Promise<void>;
  archive(id: string, atMs: number): Promise<void>;
  remove(id: string): Promise<boolean>;
  removeItems(id: string): Promise<void>;
  removeOld(createdBeforeMs: number, limit: number): Promise<void>;
}

/** The requests of one batch, read one by one. */
export interface RequestsReader {
  read(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The results of one batch while it runs. */
export interface ResultsWriter {
  /** Resolves once the bytes are durable. */
  writeAt(start: number, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Where the requests and the results of batches live. */
export interface BatchFiles {
  /** Whether this process may run the batches: another one may be at it. */
  claim(): boolean;
  release(): void;
  ids(): Promise<readonly string[]>;
  writeRequests(id: string, chunks: Iterable<Uint8Array>): Promise<void>;
  openRequests(id: string): Promise<RequestsReader>;
  /** To be written on from `endBytes`; whatever lies behind that is cut off. */
  openResults(id: string, endBytes: number): Promise<ResultsWriter>;
  readResults(id: string, bytes: number): ByteSource;
  removeRequests(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}
