import type { Refusal } from '../messages/errors.ts';
import type { WalkReply } from './exchange.ts';
import type { EndedExchange, Reported } from './settle-request.ts';

/** How the walk of one model ended: with a reply, or a no that nobody has been told of yet. */
export type EndedWalk =
  | { readonly kind: 'reply'; readonly at: EndedExchange; readonly reply: WalkReply }
  | RefusedWalk;

/** A walk that ended with a no, and what the upstream had said by then. */
export interface RefusedWalk {
  readonly kind: 'refused';
  readonly at: EndedExchange;
  readonly refused: Refusal;
  readonly reported?: Reported;
}
