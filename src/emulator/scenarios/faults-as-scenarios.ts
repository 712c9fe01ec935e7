import type { Scenario } from '../../config/scenario.ts';

/** An error that the configuration orders for the next requests, whatever they ask. */
export interface EmulatorFault {
  readonly error: 'rate_limit_error' | 'overloaded_error' | 'api_error' | 'timeout_error';
  /** How many requests it befalls, counted from the start; faults are used up in order of the list. */
  readonly times: number;
  /**
   * Where absent: a status before anything is sent. Where given: an `error` event after that many
   * events of a stream; a request without a stream then gets the status.
   */
  readonly afterEvents?: number;
  readonly retryAfterMs?: number;
}

/** Faults as the scenarios that they are short for. */
export function faultsAsScenarios(faults: readonly EmulatorFault[]): readonly Scenario[] {
  return faults.map(({ error: type, times, afterEvents, retryAfterMs }, index) => {
    const error = { type, ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }) };
    return {
      name: `faults.${String(index)}`,
      match: { operation: 'any' },
      times,
      ...(afterEvents === undefined
        ? { error }
        : { faults: [{ kind: 'error_event', at_event: afterEvents, error }] }),
    };
  });
}
