import type { Operation } from '../messages/upstream.ts';
import { looksAt } from '../policy/content-rules.ts';
import type { DecodedExchange } from './exchange.ts';

/** Operations that have a model say something. */
export const answeringOperations: ReadonlySet<Operation> = new Set([
  'messages.create',
  'complete.create',
]);

/** Whether answers to a request are looked at, which the canonical form alone can be. */
export function guardsAnswer({ gateway, request }: DecodedExchange): boolean {
  return (
    gateway !== undefined &&
    answeringOperations.has(request.operation) &&
    looksAt(gateway.policy.content, 'RESPONSE')
  );
}
