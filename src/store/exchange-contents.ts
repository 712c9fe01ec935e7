import type { Clock, Timer } from '../std/clock.ts';
import type {
  ContentIntake,
  ContentReads,
  ExchangeContent,
  KeptContent,
} from '../telemetry/exchange-content.ts';
import type { Log } from '../telemetry/log.ts';
import type { BackgroundReader } from './background-reader.ts';
import type { BodySegments } from './body-segments.ts';
import { decodeContent, encodeContent } from './content-record.ts';
import type { SqlValue } from './statements.ts';
import type { Writer } from './writer.ts';

export interface ContentOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly segments: BodySegments;
  /** Of the request and of the response of one exchange, each. */
  readonly bytesMax: number;
  /** Of all exchanges that are being taken or wait to be written; more are dropped and counted. */
  readonly waitingBytesMax: number;
  /** Of all that is kept on the disk; beyond it nothing more is, until older ones have gone. */
  readonly diskBytesMax: number;
  readonly retentionHours: number;
}

const FLUSH_MS = 100;
const FLUSH_EXCHANGES = 64;
const FIRST_PRUNE_MS = 20_000;
const PRUNE_EVERY_MS = 600_000;
/** They go in small steps, so that no delete holds the writer up. */
const PRUNE_ROWS = 500;
const HOUR_MS = 3_600_000;
/** What is left when room is made: some, so that it is not made for every single one. */
const FILL_AFTER_TRIM = 0.9;

/**
 * What was said in requests, in segments beside the database, behind a bounded queue: a slow disk costs
 * contents, never requests. It goes by age, and the oldest goes where the disk would hold too much.
 */
export class ExchangeContents implements ContentIntake, ContentReads {
  readonly #background: Pick<BackgroundReader, 'query'>;
  readonly #writer: Writer;
  readonly #options: ContentOptions;
  #waiting: ExchangeContent[] = [];
  #heldBytes = 0;
  #dropped = 0;
  /** Of what rows name; undefined until that was counted. */
  #diskBytes: number | undefined;
  #isClosed = false;
  /** Settles when everything that was handed over is on disk, or is not. */
  #writing: Promise<void> = Promise.resolve();
  #flushTimer: Timer | undefined;
  #pruneTimer: Timer | undefined;

  constructor(
    background: Pick<BackgroundReader, 'query'>,
    writer: Writer,
    options: ContentOptions,
  ) {
    this.#background = background;
    this.#writer = writer;
    this.#options = options;
    this.#schedulePrune(FIRST_PRUNE_MS);
  }

  get bytesMax(): number {
    return this.#options.bytesMax;
  }

  get dropped(): number {
    return this.#dropped;
  }

  hold(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#options.waitingBytesMax) return false;
    this.#heldBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }

  drop(): void {
    this.#dropped += 1;
  }

  record(content: ExchangeContent): void {
    this.#waiting.push(content);
    if (this.#waiting.length >= FLUSH_EXCHANGES) this.#flush();
    else
      this.#flushTimer ??= this.#options.clock.after(FLUSH_MS, () => {
        this.#flush();
      });
  }

  async find(requestId: string): Promise<KeptContent | 'broken' | undefined> {
    await this.#settled();
    const [row] = await this.#background.query(
      'SELECT at_ms, segment, start, bytes FROM exchange_contents WHERE request_id = ?',
      [requestId],
      '',
    );
    if (row === undefined) return undefined;
    const bodies = await this.#options.segments.read({
      segment: String(row['segment']),
      start: Number(row['start']),
      bytes: Number(row['bytes']),
    });
    const content = bodies === undefined ? undefined : decodeContent(bodies);
    if (content === undefined) return 'broken';
    const removedAtMs = content.atMs + this.#options.retentionHours * HOUR_MS;
    return { ...content, removedAtMs };
  }

  /** Hands over what is left, and resolves once it is written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pruneTimer?.cancel();
    await this.#settled();
    await this.#options.segments.close();
  }

  #settled(): Promise<void> {
    this.#flush();
    return this.#writing;
  }

  #flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    if (this.#waiting.length === 0) return;
    const contents = this.#waiting;
    this.#waiting = [];
    this.#writing = this.#writing.then(() => this.#write(contents));
  }

  async #write(contents: readonly ExchangeContent[]): Promise<void> {
    try {
      const rows: SqlValue[][] = [];
      for (const content of contents) {
        if (!(await this.#hasRoom())) {
          this.#dropped += 1;
          continue;
        }
        const { segment, start, bytes } = await this.#options.segments.append(
          encodeContent(content),
        );
        this.#diskBytes = (this.#diskBytes ?? 0) + bytes;
        rows.push([content.requestId, content.atMs, segment, start, bytes]);
      }
      if (rows.length > 0) await this.#writer.write({ statement: 'insertExchangeContent', rows });
    } catch (error) {
      this.#dropped += contents.length;
      this.#options.log.error('exchange_content_write_failed', {
        exchanges: contents.length,
        reason: String(error),
      });
    } finally {
      for (const { request, response } of contents) {
        this.release(request.body.length + response.body.length);
      }
    }
  }

  async #hasRoom(): Promise<boolean> {
    this.#diskBytes ??= await this.#countDisk();
    return this.#diskBytes < this.#options.diskBytesMax;
  }

  async #countDisk(): Promise<number> {
    const [row] = await this.#background.query(
      'SELECT COALESCE(SUM(bytes), 0) AS bytes FROM exchange_contents',
      [],
      '',
    );
    return Number(row?.['bytes'] ?? 0);
  }

  #schedulePrune(afterMs: number): void {
    this.#pruneTimer = this.#options.clock.after(afterMs, () => {
      void this.#prune();
    });
  }

  async #prune(): Promise<void> {
    const { clock, log, segments, retentionHours, diskBytesMax } = this.#options;
    try {
      const rows = [[clock.wallMs() - retentionHours * HOUR_MS, PRUNE_ROWS]];
      const statement = 'deleteOldExchangeContents';
      while ((await this.#writer.write({ statement, rows })) >= PRUNE_ROWS);
      let bytes = await this.#countDisk();
      while (bytes > diskBytesMax * FILL_AFTER_TRIM) {
        await this.#writer.write({ statement: 'trimExchangeContents', rows: [[PRUNE_ROWS]] });
        bytes = await this.#countDisk();
      }
      this.#diskBytes = bytes;
      await segments.removeUnnamed(await this.#namedSegments());
    } catch (error) {
      log.error('exchange_content_prune_failed', { reason: String(error) });
    }
    if (!this.#isClosed) this.#schedulePrune(PRUNE_EVERY_MS);
  }

  async #namedSegments(): Promise<ReadonlySet<string>> {
    const rows = await this.#background.query(
      'SELECT DISTINCT segment FROM exchange_contents',
      [],
      '',
    );
    return new Set(rows.map(({ segment }) => String(segment)));
  }
}
