import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type {
  GatewayLogRow,
  LogKeeping,
  LogListing,
  LogPage,
  LoggedGateway,
} from '../../src/policy/gateway-log.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { Store } from '../../src/store/open-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { BodySegments } from '../../src/store/body-segments.ts';
import type { GatewayLogOptions } from '../../src/store/sqlite-gateway-logs.ts';
import { SqliteGatewayLogs } from '../../src/store/sqlite-gateway-logs.ts';
import { makeDataDir } from './make-data-dir.ts';

/** When the clock of a test's store begins. */
export const START_MS: number = Date.UTC(2026, 10, 17, 8, 0, 0);
/** Whose logs a test records. */
export const mine: LoggedGateway = { account: 'a', gatewayId: 'g' };
export const deleting: LogKeeping = { rowsMax: null, strategy: 'DELETE_OLDEST' };
/** All of them, the oldest first. */
export const listing: LogListing = {
  ...mine,
  filters: [],
  orderBy: 'created_at',
  isDescending: false,
  offset: 0,
  limit: 100,
};

export const idsIn = ({ rows }: LogPage): readonly string[] => rows.map(({ id }) => id);

/** A store with logs of gateways in it, on a clock of its own. */
export interface LogStore {
  readonly store: Store;
  readonly clock: ManualClock;
  /** What the process said. */
  readonly lines: readonly string[];
  open(more?: Partial<GatewayLogOptions>): SqliteGatewayLogs;
  close(): Promise<void>;
}

export async function openLogStore(): Promise<LogStore> {
  const directory = makeDataDir();
  const store = await openStore(directory, () => {});
  const clock = new ManualClock(START_MS);
  const lines: string[] = [];
  const opened: SqliteGatewayLogs[] = [];
  return {
    store,
    clock,
    lines,
    open(more = {}) {
      const logs = new SqliteGatewayLogs(store.gatewayLogs, store.writer, {
        clock,
        bodies: new BodySegments(join(directory, 'bodies'), clock),
        log: createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) }),
        bounds: { logsMax: 1000, bytesMax: 1_000_000 },
        bodyBytesMax: 100,
        waitingBytesMax: 1000,
        queueMax: 1000,
        retentionDays: 30,
        ...more,
      });
      opened.push(logs);
      return logs;
    },
    async close() {
      for (const logs of opened) await logs.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

let made = 0;
/** A log of its own id. */
function row(more: Partial<GatewayLogRow> = {}): GatewayLogRow {
  made += 1;
  return {
    ...mine,
    id: `log-${String(made)}`,
    requestId: 'r',
    eventId: 'e',
    createdAtMs: START_MS,
    durationMs: 12,
    provider: 'anthropic',
    model: 'anthropic/m',
    modelType: 'Text Generation',
    path: 'v1/messages',
    requestType: 'messages',
    requestContentType: 'application/json',
    responseContentType: 'application/json',
    statusCode: 200,
    isSuccess: true,
    isCached: false,
    tokensIn: 3,
    tokensOut: 4,
    cost: 0.5,
    isCustomCost: false,
    metadata: undefined,
    step: undefined,
    isAuthenticated: true,
    isWholesale: true,
    isTranslated: false,
    userAgent: undefined,
    requestBytes: 2,
    responseBytes: 2,
    feedback: undefined,
    score: undefined,
    ...more,
  };
}

/** Records a log, whose bodies are both the one given. */
export function record(
  logs: SqliteGatewayLogs,
  more: Partial<GatewayLogRow> = {},
  { keeping = deleting, body }: { readonly keeping?: LogKeeping; readonly body?: string } = {},
): GatewayLogRow {
  const made = row(more);
  const bytes = body === undefined ? undefined : Uint8Array.from(Buffer.from(body));
  if (bytes !== undefined && !logs.hold(bytes.length * 2, 0)) throw new Error('no room for it');
  logs.record({
    row: made,
    bodies: bytes === undefined ? undefined : { request: bytes, response: bytes },
    keeping,
  });
  return made;
}
