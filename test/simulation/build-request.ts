import type { WalkRequest } from '../../src/gateway/exchange.ts';
import { writeRequest } from './client-plan.ts';
import type { SimulatedClient } from './simulated-client.ts';
import type { KnownKey } from './simulated-customers.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export interface RequestToBuild {
  readonly client: SimulatedClient;
  readonly key: KnownKey;
  readonly process: SimulatedProcess;
}

/** A request as the edge hands it to the walk. */
export function buildRequest({ client, key, process }: RequestToBuild): WalkRequest {
  const { plan, requestId, cancellation } = client;
  const { dialect, target, body } = writeRequest(plan);
  const { batchItem, wantsCost, idempotencyKey } = plan;
  return {
    id: requestId,
    dialect,
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages',
    target,
    headers: {
      'x-api-key': key.text,
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(wantsCost ? { 'x-quatrain-cost-comment': 'true' } : {}),
    },
    body: { read: () => Promise.resolve(body) },
    cancellation,
    ...(batchItem === undefined ? {} : { onBehalf: batched(batchItem, key, process) }),
  };
}

function batched(
  customId: string,
  { publicId, account }: KnownKey,
  process: SimulatedProcess,
): NonNullable<WalkRequest['onBehalf']> {
  const principal = process.principalOf(publicId, account);
  return { principal, batchItem: { batchId: 'batch', customId } };
}
