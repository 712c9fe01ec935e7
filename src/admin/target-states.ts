import type { UpstreamHealth } from '../routing/upstream-health.ts';
import type { TargetState } from './contract-operations.ts';

/** How a target fares, and for how long. */
export interface KnownTarget {
  readonly state: TargetState;
  readonly openForMs: number | undefined;
  readonly pauseLeftMs: number | undefined;
  readonly live: number;
}

/** What is known of a target, by its health key; without health, that it may be asked. */
export function targetStateOf(health: UpstreamHealth | undefined, healthKey: string): KnownTarget {
  const breaker = health?.breakers.stateOf(healthKey) ?? { kind: 'closed' };
  const pauseLeftMs = health?.pauses.leftMs(healthKey) ?? 0;
  return {
    state: stateOf(breaker.kind, pauseLeftMs),
    openForMs: breaker.kind === 'open' ? Math.ceil(breaker.openForMs) : undefined,
    pauseLeftMs: pauseLeftMs > 0 ? Math.ceil(pauseLeftMs) : undefined,
    live: health?.loadOf(healthKey) ?? 0,
  };
}

function stateOf(breaker: 'closed' | 'open' | 'half-open', pauseLeftMs: number): TargetState {
  if (breaker === 'open') return 'open';
  if (pauseLeftMs > 0) return 'paused';
  return breaker === 'half-open' ? 'half-open' : 'free';
}
