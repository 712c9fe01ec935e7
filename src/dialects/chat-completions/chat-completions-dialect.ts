import type { Dialect } from '../dialect.ts';
import { decodeRequest } from './decode-request.ts';
import { encodeError, errorData } from './encode-error.ts';
import { DEFAULT_TOKENS } from './parameters/decode-max-tokens.ts';
import { replyHeaders } from './reply-headers.ts';

/** The Chat Completions form: clients of that API speak to Claude. */
export const chatCompletionsDialect: Dialect = {
  name: 'chat-completions',
  callerForm: 'chat',
  lengthByDefault: DEFAULT_TOKENS,
  decodeRequest,
  encodeError: (said) => encodeError(said),
  encodeErrorEvent: (said) => Buffer.from(errorData(said)),
  replyHeaders,
};
