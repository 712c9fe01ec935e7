import { join, resolve as resolvePath } from 'node:path';
import type { BatchAnswer } from './admin/contract-exchanges.ts';
import type { BatchDesk, ExplorerParts } from './admin/explorer-parts.ts';
import { maybeTimeText, timeText } from './admin/field-schemas.ts';
import type { Recording } from './cassettes/recorder.ts';
import type { Config } from './config/config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import type { Walk } from './gateway/exchange.ts';
import type { Upstreams } from './routing/plan-route.ts';
import type { Clock } from './std/clock.ts';
import type { BatchView } from './store/batch-overview.ts';
import { SqliteBatchOverview } from './store/batch-overview.ts';
import { BodySegments } from './store/body-segments.ts';
import { ExchangeContents } from './store/exchange-contents.ts';
import { SqliteExchangeTransfers } from './store/exchange-ledger-reads.ts';
import type { Store } from './store/open-store.ts';
import { LiveFigures } from './telemetry/live-figures.ts';
import type { Log } from './telemetry/log.ts';
import { wireCassetteDesk } from './wire-cassette-desk.ts';
import { wireScenarioDesk } from './wire-scenarios.ts';

/** What is fed while requests run, for who looks into them. */
export interface OpenedExplorer {
  /** Undefined where nothing of what is said is kept. */
  readonly contents: ExchangeContents | undefined;
  readonly live: LiveFigures;
}

export function openExplorer(
  store: Pick<Store, 'background' | 'writer'>,
  config: Config,
  wiring: { readonly clock: Clock; readonly log: Log },
): OpenedExplorer {
  const contents = openContents(store, config, wiring);
  return { contents, live: new LiveFigures(wiring.clock) };
}

/** What the walk feeds it with. */
export function explorerWalkParts({ contents }: OpenedExplorer): Pick<Walk, 'contents'> {
  return contents === undefined ? {} : { contents };
}

/** Where what is said in requests goes; undefined where nothing of it is kept. */
function openContents(
  store: Pick<Store, 'background' | 'writer'>,
  { data_dir, request_log: { enabled, bodies } }: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): ExchangeContents | undefined {
  if (!enabled || !bodies.enabled) return undefined;
  return new ExchangeContents(store.background, store.writer, {
    clock,
    log,
    segments: new BodySegments(join(resolvePath(data_dir), 'contents'), clock),
    bytesMax: bodies.bytes_max,
    waitingBytesMax: bodies.waiting_bytes_max,
    diskBytesMax: bodies.disk_bytes_max,
    retentionHours: bodies.retention_hours,
  });
}

export interface ExplorerWiring {
  readonly store: Pick<Store, 'background'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: SecretSources;
  readonly configNow: () => Config;
  readonly opened: OpenedExplorer;
  readonly gatewayLogs: ExplorerParts['gatewayLogs'];
  readonly inFlight: () => number;
  readonly cancelBatch: (id: string) => Promise<boolean>;
  /** What operators have recorded; the recorder looks into it. */
  readonly recordings: Map<string, Recording>;
  readonly upstreams: () => Upstreams;
  /** The scenarios that the emulator plays, as text. */
  readonly playedScenarios: () => string;
}

/** Puts together what looks into single requests, batches, scenarios and cassettes. */
export function wireExplorer(wiring: ExplorerWiring): ExplorerParts {
  const { store, opened, inFlight, gatewayLogs, playedScenarios: playedText } = wiring;
  const { contents, live } = opened;
  return {
    contents,
    gatewayLogs,
    transfers: new SqliteExchangeTransfers(store.background),
    live: () => live.view(),
    inFlight,
    batches: wireBatchDesk(wiring),
    scenarios: wireScenarioDesk({ ...wiring, playedText }),
    cassettes: wireCassetteDesk(wiring),
  };
}

function wireBatchDesk({ store, cancelBatch }: ExplorerWiring): BatchDesk {
  const overview = new SqliteBatchOverview(store.background);
  return {
    list: async (listing) =>
      (await overview.list(listing)).map((view) => ({
        sequence: view.sequence,
        batch: encodeBatch(view),
      })),
    find: async (id) => {
      const [view] = await overview.list({ id, limit: 1 });
      return view === undefined ? undefined : encodeBatch(view);
    },
    cancel: cancelBatch,
  };
}

function encodeBatch(view: BatchView): BatchAnswer {
  const { counts, requests } = view;
  const done = counts.succeeded + counts.errored + counts.canceled + counts.expired;
  return {
    id: view.id,
    account: view.account,
    key_id: view.keyId,
    status: view.status,
    requests,
    done,
    counts,
    progress: requests === 0 ? 1 : Math.min(1, done / requests),
    created_at: timeText(view.createdAtMs),
    expires_at: timeText(view.expiresAtMs),
    ended_at: maybeTimeText(view.endedAtMs),
    cancel_initiated_at: maybeTimeText(view.cancelInitiatedAtMs),
    archived_at: maybeTimeText(view.archivedAtMs),
    request_bytes: view.requestBytes,
    results_bytes: view.resultsBytes ?? null,
  };
}
