import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/** What is said to whoever would put settings in the place of others than those that they read. */
export function changedGateway(id: string): Refusal {
  const text = `The gateway "${id.slice(0, 64)}" has changed meanwhile: read it again.`;
  return refusal('conflict', text, { reason: 'gateway_changed' });
}
