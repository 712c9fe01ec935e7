import type { Dialect, EncodedError, HeaderMap } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';

/** What the edge answers by itself, before a walk begins. */
export type EdgeReply = EncodedError;

/** A no of the edge, in a form, with what each reply of that form says. */
export function refusedReply(
  said: Refusal,
  dialect: Dialect,
  { asked, requestId }: { readonly asked: HeaderMap; readonly requestId: string },
): EdgeReply {
  const { status, headers, body } = dialect.encodeError(said, requestId);
  return { status, headers: [...headers, ...dialect.replyHeaders(asked, requestId)], body };
}
