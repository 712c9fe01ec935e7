import { useSyncExternalStore } from 'react';

const STEP_MS = 10_000;
let nowMs = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const hears of listeners) hears();
  }, STEP_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The present, to ten seconds: one timer for a whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}
