import type { Dialect } from '../dialect.ts';
import { asAccountForm } from './as-account-form.ts';
import { routedChatDialect } from './routed-chat-dialect.ts';

/** Chat Completions in the account's API. */
export const accountChatDialect: Dialect = asAccountForm(routedChatDialect, (call) =>
  routedChatDialect.decodeRequest(call),
);
