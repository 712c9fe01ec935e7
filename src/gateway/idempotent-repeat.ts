import { ReplaySource } from '../cache/replay-source.ts';
import type { KeptAnswer } from '../ledger/idempotency-store.ts';
import type { HeaderList } from '../messages/upstream.ts';
import { headerIn } from './header-in.ts';
import type { WalkReply } from './exchange.ts';

/** What a head says of the one request or the one moment; who asks again is told of its own. */
const ofTheMoment =
  /^(?:x-quatrain-request-id|x-credits-available|cf-aig-(?:log-id|request-id|event-id)|(?:anthropic-|x-)?ratelimit-.*|ratelimit)$/;

/** The head of an answer so far as it is the same whenever it is given. */
export function keptHeaders(headers: HeaderList): HeaderList {
  return headers.filter((_, index) => !ofTheMoment.test(headers[index - (index % 2)] ?? ''));
}

/** A kept answer as it goes out again: the same status, head and bytes, a stream as a stream. */
export function repeatKept({ status, headers, body }: KeptAnswer, requestId: string): WalkReply {
  const isStream = headerIn(headers, 'content-type')?.startsWith('text/event-stream') === true;
  const own = ['x-quatrain-request-id', requestId, 'idempotent-replayed', 'true'];
  return {
    status,
    headers: [...headers, ...own],
    body: isStream ? new ReplaySource(body) : body,
  };
}
