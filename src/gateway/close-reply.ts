import { creditHeaders } from './credit-headers.ts';
import type { WalkReply } from './exchange.ts';
import { gatewayHeaders } from './gateway-headers.ts';
import { withKeyLimits } from './limit-headers.ts';
import type { EndedExchange } from './settle-request.ts';

/** What every reply says of its exchange; the log of a gateway keeps a copy of what goes out. */
export function closeReply(exchange: EndedExchange, reply: WalkReply): WalkReply {
  const dressed = dressReply(exchange, reply);
  return exchange.gateway?.log?.answer(dressed) ?? dressed;
}

/** A reply with what its head says of limits, money, edits and the gateway. */
export function dressReply(exchange: EndedExchange, reply: WalkReply): WalkReply {
  const { edits, gateway } = exchange;
  const told = withKeyLimits(reply.headers, exchange);
  const credits = creditHeaders(exchange);
  const isPlain = told === reply.headers && credits.length === 0;
  if (isPlain && edits === undefined && gateway === undefined) return reply;
  const headers = [...told, ...credits, ...editHeaders(exchange), ...gatewayHeaders(exchange)];
  return { ...reply, headers };
}

/** Names what was changed of the body: nothing is changed in silence. */
function editHeaders({ edits }: EndedExchange): readonly string[] {
  return edits === undefined ? [] : ['x-quatrain-edits', edits.join(', ')];
}
