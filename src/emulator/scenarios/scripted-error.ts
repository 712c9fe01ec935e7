import type { ScenarioError, ScenarioStep } from '../../config/scenario.ts';
import type { Refusal } from '../../messages/errors.ts';
import { errorEnvelope, errorTable, refusalOfError } from '../../messages/errors.ts';
import type { HeaderList } from '../../messages/upstream.ts';

const MS_PER_SECOND = 1000;
const retryableStatuses: ReadonlySet<number> = new Set([408, 409, 429]);

/** An error as the API sends it: what stands on the status line, its own headers, and the body. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

/** The refusal that a scripted error amounts to: what an `error` event is made from. */
export function refusalOf({ type, message, details }: ScenarioError): Refusal {
  const said = refusalOfError({ type, message });
  return details === undefined ? said : { ...said, details };
}

/** A scripted error as a status of its own (API reference §4.1, §1.3). */
export function scriptedError(error: ScenarioError, requestId: string): ErrorAnswer {
  const said = refusalOf(error);
  const { status = errorTable[said.code].status, retry_after_ms: retryAfterMs } = error;
  return errorAnswer(
    { ...said, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    status,
    requestId,
  );
}

/** A refusal as an answer with a status. */
export function errorAnswer(said: Refusal, status: number, requestId: string): ErrorAnswer {
  const isRetryable = status >= 500 || retryableStatuses.has(status);
  const { retryAfterMs } = said;
  return {
    status,
    headers: [
      'x-should-retry',
      String(isRetryable),
      ...(retryAfterMs === undefined
        ? []
        : ['retry-after', String(Math.ceil(retryAfterMs / MS_PER_SECOND))]),
    ],
    body: JSON.stringify(errorEnvelope(said, requestId)),
  };
}

/**
 * The error that stands in for the whole answer: the step's own, or that of a fault which no stream
 * can carry. A one-piece answer has no events, so an error event befalls it as a status.
 */
export function wholeError(
  { error, faults = [] }: ScenarioStep,
  isStream: boolean,
): ScenarioError | undefined {
  if (error !== undefined) return error;
  for (const fault of faults) {
    if (fault.kind === 'status' || (fault.kind === 'error_event' && !isStream)) return fault.error;
  }
  return undefined;
}
