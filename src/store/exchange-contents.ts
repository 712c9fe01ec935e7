import type { Clock } from '../std/clock.ts';
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
import { GatheredWrites } from './gathered-writes.ts';
import { RegularPruning } from './regular-pruning.ts';
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
  readonly #gathered: GatheredWrites<ExchangeContent>;
  readonly #pruning: RegularPruning;
  #heldBytes = 0;
  #dropped = 0;
  /** Of what rows name; undefined until that was counted. */
  #diskBytes: number | undefined;

  constructor(
    background: Pick<BackgroundReader, 'query'>,
    writer: Writer,
    options: ContentOptions,
  ) {
    this.#background = background;
    this.#writer = writer;
    this.#options = options;
    const { clock, log } = options;
    this.#gathered = new GatheredWrites({
      clock,
      gatherMs: FLUSH_MS,
      itemsMax: FLUSH_EXCHANGES,
      write: (contents) => this.#write(contents),
    });
    this.#pruning = new RegularPruning({
      clock,
      log,
      firstMs: FIRST_PRUNE_MS,
      failure: 'exchange_content_prune_failed',
      prune: () => this.#prune(),
    });
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
    this.#gathered.add(content);
  }

  async find(requestId: string): Promise<KeptContent | 'broken' | undefined> {
    await this.#gathered.settled();
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
    this.#pruning.stop();
    await this.#gathered.settled();
    await this.#options.segments.close();
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

  async #prune(): Promise<void> {
    const { clock, segments, retentionHours, diskBytesMax } = this.#options;
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
