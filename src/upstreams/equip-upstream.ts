import type { Upstream } from '../messages/upstream.ts';
import type { Clock } from '../std/clock.ts';
import { sendInTime } from './send-in-time.ts';

/** What an upstream gets that is the same whatever it speaks. */
export interface UpstreamEquipment {
  readonly clock: Clock;
  /** From a request to the end of its answer; any time where absent. */
  readonly totalMs?: number | undefined;
  /** Which of several credentials it uses, from 0; absent where there is one. */
  readonly credential?: number;
}

/** The same upstream with what its configuration says besides what its driver does. */
export function equipUpstream(
  inner: Upstream,
  { clock, totalMs, credential }: UpstreamEquipment,
): Upstream {
  if (totalMs === undefined && credential === undefined) return inner;
  const { name, keepsAccountResources, seesGatewayFiles, provider } = inner;
  return {
    name,
    keepsAccountResources,
    seesGatewayFiles,
    ...(provider === undefined ? {} : { provider }),
    ...(credential === undefined ? {} : { credential }),
    send: (request, cancellation) =>
      totalMs === undefined
        ? inner.send(request, cancellation)
        : sendInTime(inner, { request, cancellation, totalMs, clock }),
    close: () => inner.close(),
  };
}
