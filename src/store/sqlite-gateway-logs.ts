import type {
  BodyPart,
  GatewayLogEntry,
  GatewayLogIntake,
  GatewayLogRow,
  GatewayLogs,
  LogCounting,
  LogGroup,
  LogKeeping,
  LogListing,
  LogPage,
  LogPatch,
  LoggedGateway,
} from '../policy/gateway-log.ts';
import type { LoggedExchange, LoggedExchanges } from '../policy/logged-exchange.ts';
import type { Clock } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { BodySegments } from './body-segments.ts';
import { GatheredWrites } from './gathered-writes.ts';
import type { GatewayLogReads } from './gateway-log-reads.ts';
import type { LogStoreBounds } from './gateway-log-rows.ts';
import { bodyBytes, insertedLog, logsMaxOf } from './gateway-log-rows.ts';
import { RegularPruning } from './regular-pruning.ts';
import type { SqlValue, Write } from './statements.ts';
import type { Writer } from './writer.ts';

export interface GatewayLogOptions {
  readonly clock: Clock;
  /** Where what was said goes. */
  readonly bodies: BodySegments;
  readonly log: Log;
  /** Most logs and bytes of bodies that a gateway keeps. */
  readonly bounds: LogStoreBounds;
  /** Both bodies of one log; larger ones are not kept. */
  readonly bodyBytesMax: number;
  /** Bodies that are being taken or wait to be written, of all logs; more are not kept. */
  readonly waitingBytesMax: number;
  /** Logs that wait to be written; more are dropped and counted. */
  readonly queueMax: number;
  readonly retentionDays: number;
}

/** How long logs gather before they are handed to the writer. */
const FLUSH_MS = 50;
const FLUSH_LOGS = 256;
const FLUSH_BYTES = 4 * 1024 * 1024;
const FIRST_PRUNE_MS = 15_000;
/** Logs go in small steps, so that no delete holds the writer up. */
const PRUNE_LOGS = 500;
const DAY_MS = 86_400_000;

/** The logs of gateways in SQLite, behind a bounded queue: a slow disk costs logs, never requests. */
export class SqliteGatewayLogs implements GatewayLogIntake, GatewayLogs, LoggedExchanges {
  readonly #reads: GatewayLogReads;
  readonly #writer: Writer;
  readonly #options: GatewayLogOptions;
  readonly #gathered: GatheredWrites<GatewayLogEntry>;
  readonly #pruning: RegularPruning;
  #heldBytes = 0;
  #dropped = 0;

  constructor(reads: GatewayLogReads, writer: Writer, options: GatewayLogOptions) {
    this.#reads = reads;
    this.#writer = writer;
    this.#options = options;
    const { clock, log } = options;
    this.#gathered = new GatheredWrites({
      clock,
      gatherMs: FLUSH_MS,
      itemsMax: FLUSH_LOGS,
      bytesMax: FLUSH_BYTES,
      write: (entries) => this.#write(entries),
    });
    this.#pruning = new RegularPruning({
      clock,
      log,
      firstMs: FIRST_PRUNE_MS,
      failure: 'gateway_log_prune_failed',
      prune: () => this.#prune(),
    });
  }

  get dropped(): number {
    return this.#dropped;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  takes(gateway: LoggedGateway, keeping: LogKeeping): boolean {
    if (keeping.strategy === 'DELETE_OLDEST') return true;
    const { bounds } = this.#options;
    const { logs, bytes } = this.#reads.totals(gateway);
    return logs < logsMaxOf(keeping, bounds) && bytes < bounds.bytesMax;
  }

  hold(bytes: number, heldBefore: number): boolean {
    const { bodyBytesMax, waitingBytesMax } = this.#options;
    if (heldBefore + bytes > bodyBytesMax) return false;
    if (this.#heldBytes + bytes > waitingBytesMax) return false;
    this.#heldBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }

  record(entry: GatewayLogEntry): void {
    const bytes = bodyBytes(entry.bodies);
    if (this.#gathered.waiting >= this.#options.queueMax) {
      this.#dropped += 1;
      this.release(bytes);
      return;
    }
    this.#gathered.add(entry, bytes);
  }

  async find(gateway: LoggedGateway, id: string): Promise<GatewayLogRow | undefined> {
    await this.#gathered.settled();
    return this.#reads.find(gateway, id);
  }

  async body(gateway: LoggedGateway, id: string, part: BodyPart): Promise<Uint8Array | undefined> {
    await this.#gathered.settled();
    const place = this.#reads.place(gateway, id);
    if (place === undefined) return this.#reads.body(gateway, id, part);
    const bodies = await this.#options.bodies.read(place);
    return bodies?.[part.which].subarray(0, part.bytesMax);
  }

  async exchange(ids: readonly string[], bytesMax: number): Promise<LoggedExchange | undefined> {
    await this.#gathered.settled();
    const row = this.#reads.findNewest(ids);
    if (row === undefined) return undefined;
    const [request, response] = await Promise.all(
      (['request', 'response'] as const).map((which) =>
        this.body(row, row.id, { which, bytesMax }),
      ),
    );
    return { row, request, response };
  }

  async list(listing: LogListing): Promise<LogPage> {
    await this.#gathered.settled();
    return this.#reads.list(listing);
  }

  async count(counting: LogCounting): Promise<readonly LogGroup[]> {
    await this.#gathered.settled();
    return this.#reads.count(counting);
  }

  async patch(gateway: LoggedGateway, id: string, patch: LogPatch): Promise<boolean> {
    await this.#gathered.settled();
    const { account, gatewayId } = gateway;
    const { feedback, score, metadata } = patch;
    const text = metadata === undefined || metadata === null ? null : JSON.stringify(metadata);
    const row = [
      account,
      gatewayId,
      id,
      Number(feedback !== undefined),
      feedback ?? null,
      Number(score !== undefined),
      score ?? null,
      Number(metadata !== undefined),
      text,
    ];
    return (await this.#writer.write({ statement: 'patchGatewayLog', rows: [row] })) > 0;
  }

  async remove(listing: LogListing): Promise<number> {
    await this.#gathered.settled();
    const places = await this.#reads.places(listing);
    for (let from = 0; from < places.length; from += PRUNE_LOGS) {
      const rows = places.slice(from, from + PRUNE_LOGS).map((place) => [place]);
      await this.#writer.write({ statement: 'deleteGatewayLog', rows });
    }
    return places.length;
  }

  /** Hands over what is left, and resolves once it is written. */
  async close(): Promise<void> {
    this.#pruning.stop();
    await this.#gathered.settled();
    await this.#options.bodies.close();
  }

  async #write(entries: readonly GatewayLogEntry[]): Promise<void> {
    try {
      const places = await this.#keepBodies(entries);
      await this.#writer.writeAll(writesOf(entries, places, this.#options.bounds));
    } catch (error) {
      this.#dropped += entries.length;
      this.#options.log.error('gateway_log_write_failed', {
        logs: entries.length,
        reason: String(error),
      });
    } finally {
      for (const { bodies } of entries) this.release(bodyBytes(bodies));
    }
  }

  /** What was said is there before the log that names it. */
  async #keepBodies(entries: readonly GatewayLogEntry[]): Promise<readonly SqlValue[][]> {
    const places: SqlValue[][] = [];
    for (const { row, bodies } of entries) {
      if (bodies === undefined) continue;
      const { segment, start, bytes } = await this.#options.bodies.append(bodies);
      places.push([row.id, segment, start, bytes]);
    }
    return places;
  }

  async #prune(): Promise<void> {
    const { clock, bodies, retentionDays } = this.#options;
    const rows = [[clock.wallMs() - retentionDays * DAY_MS, PRUNE_LOGS]];
    const statement = 'deleteOldGatewayLogs';
    while ((await this.#writer.write({ statement, rows })) >= PRUNE_LOGS);
    await bodies.removeUnnamed(await this.#reads.namedSegments());
  }
}

/** Logs, where their bodies are, and room for them: all of it lands, or nothing. */
function writesOf(
  entries: readonly GatewayLogEntry[],
  places: readonly SqlValue[][],
  bounds: LogStoreBounds,
): readonly Write[] {
  const trims = new Map<string, readonly SqlValue[]>();
  for (const { row, keeping } of entries) {
    const { account, gatewayId } = row;
    if (keeping.strategy !== 'DELETE_OLDEST') continue;
    const most = [logsMaxOf(keeping, bounds), bounds.bytesMax];
    trims.set(JSON.stringify([account, gatewayId]), [account, gatewayId, ...most, 2 * FLUSH_LOGS]);
  }
  const rows = entries.map((entry) => insertedLog(entry, bounds));
  return [
    { statement: 'insertGatewayLog', rows },
    ...(places.length === 0 ? [] : [{ statement: 'insertGatewayLogPlace', rows: places } as const]),
    ...(trims.size === 0
      ? []
      : [{ statement: 'trimGatewayLogs', rows: [...trims.values()] } as const]),
  ];
}
