import { chatCompletionsDialect } from '../chat-completions/chat-completions-dialect.ts';
import type { Dialect } from '../dialect.ts';
import { decodeDynamic, modelIn } from './decode-dynamic.ts';

/** Chat Completions where a model may be a route of the request's gateway; Workers reference §3.8. */
export const routedChatDialect: Dialect = {
  ...chatCompletionsDialect,
  decodeRequest: (call) =>
    decodeDynamic(modelIn(call), { body: call.body, call }) ??
    chatCompletionsDialect.decodeRequest(call),
};
