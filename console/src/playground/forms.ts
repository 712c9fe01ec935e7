import type { Answer } from './answer.ts';
import { completionChunks, endChat, takeChatChunk } from './chat-answer.ts';
import { chatBody } from './chat-body.ts';
import type { JsonObject } from '../format/json-value.ts';
import { isJsonObject, parseJson } from '../format/json-value.ts';
import { messageEvents, takeMessagesEvent } from './messages-answer.ts';
import { messagesBody, runInputs } from './messages-body.ts';
import type { RequestDraft } from './request-draft.ts';

/** The forms in which a model is asked. */
export type Form = 'messages' | 'chat-completions' | 'workers-ai';

/** All that differs between them. */
export interface FormRules {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (draft: RequestDraft) => JsonObject;
  /** What an event of a stream adds to an answer. */
  readonly take: (answer: Answer, data: string) => Answer;
  /** What an answer in one piece adds to none. */
  readonly takeWhole: (answer: Answer, body: JsonObject) => Answer;
  /** Parameters that the page has a place of its own for. */
  readonly ownParameters: readonly string[];
}

const DONE = '[DONE]';
const shared = ['model', 'messages', 'tools', 'stream', 'system'];

function takeMessages(answer: Answer, data: string): Answer {
  const event = parseJson(data);
  return isJsonObject(event) ? takeMessagesEvent(answer, event) : answer;
}

function takeMessage(answer: Answer, message: JsonObject): Answer {
  return messageEvents(message).reduce(takeMessagesEvent, answer);
}

/** What each form is asked with and how its answers are read. */
export const forms: Readonly<Record<Form, FormRules>> = {
  messages: {
    headers: { 'anthropic-version': '2023-06-01' },
    body: messagesBody,
    take: takeMessages,
    takeWhole: takeMessage,
    ownParameters: shared,
  },
  'chat-completions': {
    headers: {},
    body: chatBody,
    take(answer, data) {
      if (data === DONE) return endChat(answer);
      const chunk = parseJson(data);
      return isJsonObject(chunk) ? takeChatChunk(answer, chunk) : answer;
    },
    takeWhole: (answer, completion) =>
      endChat(completionChunks(completion).reduce(takeChatChunk, answer)),
    ownParameters: [...shared, 'stream_options', 'functions', 'function_call', 'n'],
  },
  'workers-ai': {
    headers: {},
    body: runInputs,
    take: takeMessages,
    // The API of an account has the message in an envelope.
    takeWhole: (answer, { result }) => takeMessage(answer, isJsonObject(result) ? result : {}),
    ownParameters: shared,
  },
};

/** The name of a form, if it is one. */
export function formNamed(name: string | undefined): Form | undefined {
  return name !== undefined && Object.hasOwn(forms, name) ? (name as Form) : undefined;
}
