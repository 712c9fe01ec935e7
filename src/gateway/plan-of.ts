import type { Plan } from '../catalog/plans.ts';
import type { EndedExchange } from './settle-request.ts';

/** The plan of whoever asks. */
export function planOf({ settings }: EndedExchange): Plan {
  return settings.plan;
}
