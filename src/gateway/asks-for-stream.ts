import type { DecodedCall } from '../dialects/dialect.ts';

/** Whether the caller asked for a stream: a form that is translated may ask the upstream for one anyway. */
export function asksForStream({ encoder, request }: DecodedCall): boolean {
  return encoder?.isStream ?? request.stream;
}
