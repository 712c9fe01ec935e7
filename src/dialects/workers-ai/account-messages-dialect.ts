import type { Refusal } from '../../messages/errors.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { DecodedCall, Dialect, IncomingCall } from '../dialect.ts';
import { messagesDialect } from '../messages/messages-dialect.ts';
import { asAccountForm } from './as-account-form.ts';

/** The Messages form in the account's API, which takes the catalog's names of models. */
export const accountMessagesDialect: Dialect = asAccountForm(messagesDialect, decodeRequest);

/** What the API asks of every caller, and callers of this one need not send; Workers reference §2.1. */
const headersWithout = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };

function decodeRequest(call: IncomingCall): DecodedCall | Refusal {
  const headers = { ...headersWithout, ...call.headers };
  const decoded = messagesDialect.decodeRequest({ ...call, headers });
  return isRefusal(decoded) ? decoded : { ...decoded, takesAnyName: true };
}
