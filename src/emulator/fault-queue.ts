import type { ErrorCode, Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/** An error that the emulator is told to make. */
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

const codes: Readonly<Record<EmulatorFault['error'], ErrorCode>> = {
  rate_limit_error: 'rate_limited',
  overloaded_error: 'overloaded',
  api_error: 'internal',
  timeout_error: 'upstream_timeout',
};

/** Hands out faults, one a request, until they are used up. */
export class FaultQueue {
  readonly #faults: readonly EmulatorFault[];
  #index = 0;
  #used = 0;

  constructor(faults: readonly EmulatorFault[]) {
    this.#faults = faults;
  }

  /** The fault of the next request. */
  next(): EmulatorFault | undefined {
    for (;;) {
      const fault = this.#faults[this.#index];
      if (fault === undefined || this.#used < fault.times) {
        this.#used += 1;
        return fault;
      }
      this.#index += 1;
      this.#used = 0;
    }
  }
}

/** What a fault is to whoever asked. */
export function faultRefusal({ error, retryAfterMs }: EmulatorFault): Refusal {
  return refusal(codes[error], undefined, retryAfterMs === undefined ? {} : { retryAfterMs });
}
