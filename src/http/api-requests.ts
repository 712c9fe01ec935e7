import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from '../messages/errors.ts';

interface ActiveRequest {
  readonly response: ServerResponse;
  cut: ((said: Refusal) => void) | undefined;
  /** Says no in the place of an answer that has not begun. */
  readonly refuse: (said: Refusal) => void;
}

/** The requests that are being served, so that a shutdown can wait for them and then end them. */
export class ApiRequests {
  readonly #active = new Set<ActiveRequest>();
  #onIdle: (() => void) | undefined;
  #isDraining = false;

  get count(): number {
    return this.#active.size;
  }

  /** While draining, answers tell their connection to close. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Whether the head of an answer has gone out on a connection, and the rest of it has not. */
  isAnswering(socket: Socket): boolean {
    for (const { response } of this.#active) {
      if (response.socket === socket && response.headersSent) return true;
    }
    return false;
  }

  begin(
    response: ServerResponse,
    refuse: (said: Refusal) => void,
  ): { end(): void; canBeCut(cut: (said: Refusal) => void): void } {
    const request: ActiveRequest = { response, cut: undefined, refuse };
    this.#active.add(request);
    return {
      end: () => {
        this.#active.delete(request);
        if (this.#active.size === 0) this.#onIdle?.();
      },
      canBeCut: (cut) => {
        request.cut = cut;
      },
    };
  }

  startDraining(): void {
    this.#isDraining = true;
  }

  /** Resolves when nothing is being served. */
  idle(): Promise<void> {
    if (this.#active.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /**
   * Ends what is left: streams with an error event, what has not begun to be answered with a no, and
   * what is half answered with its connection.
   */
  cutAll(said: Refusal): void {
    for (const { response, cut, refuse } of this.#active) {
      if (cut !== undefined) cut(said);
      else if (response.headersSent) response.destroy();
      else refuse(said);
    }
  }
}
