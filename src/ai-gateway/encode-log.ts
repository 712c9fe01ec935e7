import { encodeContentReport } from '../policy/encode-content-report.ts';
import type { GatewayLogRow, LogBounds, LogGroup, LogMeasure } from '../policy/gateway-log.ts';
import type { JsonObject } from '../std/json.ts';
import type { ApiFace } from './api-route.ts';

/** The beginning of a body, and whether that is all of it. */
export interface BodyHead {
  /** Absent where the body is not kept. */
  readonly text: string | undefined;
  readonly isComplete: boolean;
}

/** A log as it is shown; metadata are JSON in a text but to the binding. Workers reference §3.11. */
export function encodeLog(row: GatewayLogRow, face: ApiFace): JsonObject {
  const { metadata } = row;
  return {
    id: row.id,
    request_id: row.requestId,
    event_id: row.eventId,
    created_at: new Date(row.createdAtMs).toISOString(),
    duration: row.durationMs,
    provider: row.provider,
    model: row.model,
    model_type: row.modelType,
    path: row.path,
    request_type: row.requestType,
    ...present({
      request_content_type: row.requestContentType,
      response_content_type: row.responseContentType,
      cost: row.cost,
      step: row.step,
      user_agent: row.userAgent,
      dlp_action: row.dataLossAction,
      ...(row.content && encodeContentReport(row.content)),
      metadata: face === 'binding' ? metadata : metadata && JSON.stringify(metadata),
    }),
    status_code: row.statusCode,
    success: row.isSuccess,
    cached: row.isCached,
    tokens_in: row.tokensIn ?? null,
    tokens_out: row.tokensOut ?? null,
    custom_cost: row.isCustomCost,
    authentication: row.isAuthenticated,
    wholesale: row.isWholesale,
    compatibilityMode: row.isTranslated,
    feedback: row.feedback ?? null,
    score: row.score ?? null,
  };
}

/** What is shown of a single log besides: how large its bodies were, and how they begin. */
export function encodeHeads(
  row: GatewayLogRow,
  { request, response }: { readonly request: BodyHead; readonly response: BodyHead },
): JsonObject {
  return {
    request_size: row.requestBytes,
    request_head_complete: request.isComplete,
    response_size: row.responseBytes,
    response_head_complete: response.isComplete,
    ...present({ request_head: request.text, response_head: response.text }),
  };
}

/** The least and the most of each amount, for the info of a list; null where no log has any. */
export function encodeBounds(bounds: Readonly<Record<LogMeasure, LogBounds>>): JsonObject {
  return Object.fromEntries(
    Object.entries(bounds).flatMap(([name, { min, max }]) => [
      [`min_${name}`, min ?? null],
      [`max_${name}`, max ?? null],
    ]),
  );
}

/** Sums of binary fractions are shown to as many places as a price can have. */
const COST_PLACES = 12;

/** Logs that were counted together. */
export function encodeGroup(group: LogGroup): JsonObject {
  return {
    dimensions: group.dimensions,
    count: group.count,
    cached: group.cached,
    errors: group.errors,
    tokens_in: group.tokensIn,
    tokens_out: group.tokensOut,
    cost: Number(group.cost.toFixed(COST_PLACES)),
    duration_average: group.count === 0 ? 0 : Math.round(group.durationMs / group.count),
  };
}

function present(
  members: JsonObject | Readonly<Record<string, string | number | JsonObject | undefined>>,
): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
