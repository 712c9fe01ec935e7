import { useCallback, useEffect, useRef } from 'react';
import type { PreparedRequest } from './run-request.ts';
import { runRequest } from './run-request.ts';
import type { RunState } from './run-state.ts';
import type { Transport } from './transport.ts';

/** Sends requests, at most one for each pane at a time. */
export interface Runs {
  /** What is under way for the pane is stopped, and nothing of it is told any more. */
  readonly start: (
    at: number,
    request: PreparedRequest,
    tell: (state: RunState) => void,
  ) => Promise<void>;
  readonly stop: (at?: number) => void;
  /** Stops all, and nothing is told of it. */
  readonly drop: () => void;
}

/** What runs is stopped when its page goes away. */
export function useRuns(transport: Transport): Runs {
  const running = useRef<(AbortController | undefined)[]>([]);
  const stop = useCallback((at?: number) => {
    for (const [index, controller] of running.current.entries()) {
      if (at === undefined || at === index) controller?.abort();
    }
  }, []);
  const drop = useCallback(() => {
    stop();
    running.current = [];
  }, [stop]);
  useEffect(() => drop, [drop]);
  const start: Runs['start'] = async (at, request, tell) => {
    stop(at);
    const controller = new AbortController();
    running.current[at] = controller;
    const { signal } = controller;
    const nowMs = (): number => performance.now();
    for await (const state of runRequest(request, { transport, signal, nowMs })) {
      // Another request may have taken its place in the meantime.
      if (running.current[at] !== controller) return;
      tell(state);
    }
  };
  return { start, stop, drop };
}
