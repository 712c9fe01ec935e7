import type { ContentAction } from '../policy/content-rules.ts';
import type { ContentReport } from '../policy/judge-content.ts';
import type {
  GatewayLogEntry,
  GatewayLogRow,
  LogKeeping,
  LogMetadata,
} from '../policy/gateway-log.ts';
import type { StoredRow } from './background-reader.ts';
import type { SqlValue } from './statements.ts';

/** A log as it stands in the table. */
interface StoredLog {
  readonly id: string;
  readonly account: string;
  readonly gateway_id: string;
  readonly request_id: string;
  readonly event_id: string;
  readonly created_at_ms: number;
  readonly duration_ms: number;
  readonly provider: string;
  readonly model: string;
  readonly model_type: string;
  readonly path: string;
  readonly request_type: string;
  readonly request_content_type: string | null;
  readonly response_content_type: string | null;
  readonly status_code: number;
  readonly success: number;
  readonly cached: number;
  readonly tokens_in: number | null;
  readonly tokens_out: number | null;
  readonly cost: number | null;
  readonly custom_cost: number;
  readonly metadata: string | null;
  readonly step: number | null;
  readonly authentication: number;
  readonly wholesale: number;
  readonly compatibility: number;
  readonly user_agent: string | null;
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly feedback: number | null;
  readonly score: number | null;
  readonly dlp_action: ContentAction | null;
  /** JSON; null where nothing was found. */
  readonly content_report: string | null;
}

/** What all gateways are held to, whatever they ask for. */
export interface LogStoreBounds {
  readonly logsMax: number;
  /** Of the bodies of one gateway. */
  readonly bytesMax: number;
}

/** How many logs a gateway may have: no more than the installation lets any have. */
export function logsMaxOf({ rowsMax }: LogKeeping, { logsMax }: LogStoreBounds): number {
  return Math.min(rowsMax ?? logsMax, logsMax);
}

/** A log as the statement that inserts one takes it. */
export function insertedLog(
  { row, bodies, keeping }: GatewayLogEntry,
  bounds: LogStoreBounds,
): readonly SqlValue[] {
  return [
    row.id,
    row.account,
    row.gatewayId,
    row.requestId,
    row.eventId,
    row.createdAtMs,
    row.durationMs,
    row.provider,
    row.model,
    row.modelType,
    row.path,
    row.requestType,
    row.requestContentType ?? null,
    row.responseContentType ?? null,
    row.statusCode,
    Number(row.isSuccess),
    Number(row.isCached),
    row.tokensIn ?? null,
    row.tokensOut ?? null,
    row.cost ?? null,
    Number(row.isCustomCost),
    row.metadata === undefined ? null : JSON.stringify(row.metadata),
    row.step ?? null,
    Number(row.isAuthenticated),
    Number(row.isWholesale),
    Number(row.isTranslated),
    row.userAgent ?? null,
    row.requestBytes,
    row.responseBytes,
    bodyBytes(bodies),
    keeping.strategy,
    logsMaxOf(keeping, bounds),
    bounds.bytesMax,
    row.dataLossAction ?? null,
    row.content === undefined ? null : JSON.stringify(row.content),
  ];
}

/** How much of the disk the bodies of a log take. */
export function bodyBytes(bodies: GatewayLogEntry['bodies']): number {
  return bodies === undefined ? 0 : bodies.request.length + bodies.response.length;
}

/** A log as the domain knows it. */
export function readLog(stored: StoredRow): GatewayLogRow {
  const row = stored as unknown as StoredLog;
  return {
    id: row.id,
    account: row.account,
    gatewayId: row.gateway_id,
    requestId: row.request_id,
    eventId: row.event_id,
    createdAtMs: row.created_at_ms,
    durationMs: row.duration_ms,
    provider: row.provider,
    model: row.model,
    modelType: row.model_type,
    path: row.path,
    requestType: row.request_type,
    requestContentType: row.request_content_type ?? undefined,
    responseContentType: row.response_content_type ?? undefined,
    statusCode: row.status_code,
    isSuccess: row.success === 1,
    isCached: row.cached === 1,
    tokensIn: row.tokens_in ?? undefined,
    tokensOut: row.tokens_out ?? undefined,
    cost: row.cost ?? undefined,
    isCustomCost: row.custom_cost === 1,
    metadata: row.metadata === null ? undefined : (JSON.parse(row.metadata) as LogMetadata),
    step: row.step ?? undefined,
    isAuthenticated: row.authentication === 1,
    isWholesale: row.wholesale === 1,
    isTranslated: row.compatibility === 1,
    userAgent: row.user_agent ?? undefined,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    feedback: row.feedback ?? undefined,
    score: row.score ?? undefined,
    dataLossAction: row.dlp_action ?? undefined,
    content:
      row.content_report === null ? undefined : (JSON.parse(row.content_report) as ContentReport),
  };
}
