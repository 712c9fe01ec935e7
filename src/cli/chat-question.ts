import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';

/** The forms in which `quatrain chat` asks. */
export const chatForms = ['messages', 'chat'] as const;
export type ChatForm = (typeof chatForms)[number];

/** A file that goes with a question. */
export interface Attachment {
  readonly name: string;
  readonly kind: 'image' | 'pdf' | 'text';
  readonly mediaType: string;
  /** Base64, but for text. */
  readonly data: string;
}

/** One turn of a conversation. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** The blocks of an answer, which go back as they came: signatures of thinking are in them. */
  readonly blocks?: readonly JsonValue[] | undefined;
}

/** How questions are asked; commands of the chat change it. */
export interface ChatSettings {
  readonly form: ChatForm;
  readonly model: string;
  readonly system?: string | undefined;
  readonly maxTokens?: number | undefined;
  readonly thinking: boolean;
}

/** What is sent for a question. */
export interface EncodedQuestion {
  readonly path: string;
  readonly body: JsonObject;
}

const TOKENS_USUAL = 1024;
/** Thinking counts as output: with the usual bound there would be no room left for an answer. */
const TOKENS_THINKING = 8192;
const BUDGET_MIN = 1024;

const encoders: Readonly<
  Record<ChatForm, (turns: readonly Turn[], settings: ChatSettings) => EncodedQuestion>
> = { messages: inMessagesForm, chat: inChatForm };

/** A conversation as a streamed request of the form that is asked in. */
export function encodeQuestion(turns: readonly Turn[], settings: ChatSettings): EncodedQuestion {
  return encoders[settings.form](turns, settings);
}

function outputTokensMax({ maxTokens, thinking }: ChatSettings): number {
  return maxTokens ?? (thinking ? TOKENS_THINKING : TOKENS_USUAL);
}

function inMessagesForm(turns: readonly Turn[], settings: ChatSettings): EncodedQuestion {
  const { model, system, thinking } = settings;
  const tokensMax = outputTokensMax(settings);
  return {
    path: '/v1/messages',
    body: {
      model,
      max_tokens: tokensMax,
      stream: true,
      ...(system === undefined ? {} : { system }),
      ...(thinking ? { thinking: thinkingOf(model, tokensMax) } : {}),
      messages: turns.map(({ role, text, attachments = [], blocks }) => ({
        role,
        content:
          blocks ??
          (attachments.length === 0
            ? text
            : [...attachments.map((one) => messagesBlock(one)), { type: 'text', text }]),
      })),
    },
  };
}

/** As the model thinks: by itself where it can, else with a budget of half the output. */
function thinkingOf(model: string, tokensMax: number): JsonObject {
  const known = resolveAnyName(model, 'launch')?.thinking;
  if (known?.adaptive === false) {
    const budget = Math.max(BUDGET_MIN, Math.floor(tokensMax / 2));
    return { type: 'enabled', budget_tokens: budget };
  }
  return { type: 'adaptive', display: 'summarized' };
}

function messagesBlock({ name, kind, mediaType, data }: Attachment): JsonObject {
  const encoded = { type: 'base64', media_type: mediaType, data };
  switch (kind) {
    case 'image':
      return { type: 'image', source: encoded };
    case 'pdf':
      return { type: 'document', title: name, source: encoded };
    case 'text':
      return {
        type: 'document',
        title: name,
        source: { type: 'text', media_type: 'text/plain', data },
      };
  }
}

function inChatForm(turns: readonly Turn[], settings: ChatSettings): EncodedQuestion {
  const { model, system, thinking } = settings;
  const first = system === undefined ? [] : [{ role: 'system', content: system }];
  return {
    path: '/v1/chat/completions',
    body: {
      model,
      max_completion_tokens: outputTokensMax(settings),
      stream: true,
      stream_options: { include_usage: true },
      ...(thinking ? { reasoning_effort: 'medium' } : {}),
      messages: [
        ...first,
        ...turns.map(({ role, text, attachments = [] }) => ({
          role,
          content:
            attachments.length === 0
              ? text
              : [...attachments.map((one) => chatPart(one)), { type: 'text', text }],
        })),
      ],
    },
  };
}

function chatPart({ name, kind, mediaType, data }: Attachment): JsonObject {
  const url = `data:${mediaType};base64,${data}`;
  switch (kind) {
    case 'image':
      return { type: 'image_url', image_url: { url } };
    case 'pdf':
      return { type: 'file', file: { filename: name, file_data: url } };
    case 'text':
      return { type: 'text', text: `${name}:\n\n${data}` };
  }
}
