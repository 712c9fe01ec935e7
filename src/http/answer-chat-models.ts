import type { ChatModel, ChatModelSection } from '../catalog/describe-chat-model.ts';
import { chatModelSections, describeChatModel } from '../catalog/describe-chat-model.ts';
import type { Model } from '../catalog/model.ts';
import { modelsOf } from '../catalog/profiles.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { WalkSettings } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { EdgeReply } from './edge-reply.ts';
import { refusedReply } from './edge-reply.ts';
import { taggedReply } from './entity-tag.ts';
import { isPlainQuery, splitTarget } from './request-target.ts';

/** A question about models, in the form of Chat Completions. */
export interface ChatModelsQuestion {
  /** The model that is asked for; absent where all are. */
  readonly name?: string;
  readonly query: string;
}

const LIST_PATH = '/v1/models';
/** As for completions, the path without a version answers too; no other form has that. */
const OWN_LIST_PATH = '/models';
/** What stands before a model's name; chat reference §1.8 has the last. */
const namePrefixes = [`${LIST_PATH}/`, `${OWN_LIST_PATH}/`, '/model/'] as const;
const NAME_LETTERS_MAX = 256;

/** Every path of this form alone, written as routes are; it shares the others with the Messages form. */
export const chatModelsPaths: readonly string[] = [
  OWN_LIST_PATH,
  ...namePrefixes
    .filter((prefix) => !prefix.startsWith(LIST_PATH))
    .map((prefix) => `${prefix}{model…}`),
];

/**
 * What a request asks of the models, where it comes from a client of Chat Completions: one of the
 * Messages form always shows a version, a beta or a key in that form's own headers, and is answered
 * in that form.
 */
export function readChatModelsQuestion(
  method: string,
  target: string,
  asked: HeaderMap,
): ChatModelsQuestion | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const { path, query } = splitTarget(target);
  const isShared = path === LIST_PATH || path.startsWith(`${LIST_PATH}/`);
  if (isShared && messagesHeaders.some((name) => asked[name] !== undefined)) return undefined;
  if (path === LIST_PATH || path === OWN_LIST_PATH) return { query };
  const name = namedChatModel(path);
  return name === undefined ? undefined : { name, query };
}

const messagesHeaders = ['anthropic-version', 'anthropic-beta', 'x-api-key'] as const;

/** Whether a path is about models in this form, whoever asks. */
export function isChatModelsPath(path: string): boolean {
  return path === LIST_PATH || path === OWN_LIST_PATH || namedChatModel(path) !== undefined;
}

/** The model that a path names: its slash may be written as it is or as `%2F`. */
function namedChatModel(path: string): string | undefined {
  const prefix = namePrefixes.find((beginning) => path.startsWith(beginning));
  if (prefix === undefined) return undefined;
  const written = path.slice(prefix.length);
  if (written === '' || written.length > NAME_LETTERS_MAX) return undefined;
  try {
    return decodeURIComponent(written);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** What the answer is made from. */
export interface ChatModelsContext {
  readonly requestId: string;
  readonly asked: HeaderMap;
  readonly settings: Pick<WalkSettings, 'plan' | 'profile' | 'chatCompletions'>;
  readonly atMs: number;
}

/**
 * `GET /v1/models` and `GET /v1/models/{id}`, under each of their paths, from the registry, without a key and without asking an
 * upstream; chat reference §1.8.
 */
export function answerChatModels(
  question: ChatModelsQuestion,
  context: ChatModelsContext,
): EdgeReply {
  const answer = isPlainQuery(question.query)
    ? describeAsked(question, context)
    : refusal('invalid_request', 'The query string is not a plain one.');
  const { asked, requestId } = context;
  if ('kind' in answer) return refusedReply(answer, chatCompletionsDialect, { asked, requestId });
  const body = Buffer.from(JSON.stringify(answer.body));
  const own = chatCompletionsDialect.replyHeaders(asked, requestId);
  return taggedReply(
    { type: 'application/json', body, headers: [...own, 'vary', variesBy] },
    asked,
  );
}

const variesBy = ['origin', ...messagesHeaders].join(', ');

function describeAsked(
  { name, query }: ChatModelsQuestion,
  context: ChatModelsContext,
): { readonly body: object } | Refusal {
  const parameters = new URLSearchParams(query);
  const sections = sectionsIn(parameters);
  if (name === undefined) {
    const data = listed(context)
      .map((model) => describe(model, context))
      .filter((model) => isWanted(model, parameters))
      .map((model) => withSections(model, sections));
    return { body: { object: 'list', data } };
  }
  const model = resolveAnyName(name, context.settings.profile);
  if (model === undefined || !isSold(model, context)) return unknownModel(name);
  return { body: withSections(describe(model, context), sections) };
}

function unknownModel(name: string): Refusal {
  const more = { param: 'model', reason: 'model_not_found' };
  return refusal('not_found', `The model \`${name}\` does not exist.`, more);
}

/** What is served still, newest first. */
function listed(context: ChatModelsContext): readonly Model[] {
  return modelsOf(context.settings.profile).filter(
    (model) => model.retiredAt === undefined && isSold(model, context),
  );
}

function isSold({ id }: Model, { settings }: ChatModelsContext): boolean {
  return settings.plan.modelIds?.has(id) ?? true;
}

function describe(model: Model, { settings, atMs }: ChatModelsContext): ChatModel {
  return describeChatModel(model, {
    outputTokensMax: settings.plan.outputTokensMax,
    markupPercent: settings.chatCompletions.credits?.markup_percent ?? 0,
    atMs,
  });
}

/** The sections that `include` names. What it names besides is no error. */
function sectionsIn(parameters: URLSearchParams): readonly ChatModelSection[] {
  const named = valuesOf(parameters, 'include');
  const isAll = named.includes('all') || parameters.get('details') === 'true';
  return chatModelSections.filter((section) => isAll || named.includes(section));
}

function withSections(model: ChatModel, sections: readonly ChatModelSection[]): object {
  const isLeftOut = (name: string): boolean =>
    chatModelSections.some((section) => section === name && !sections.includes(section));
  return Object.fromEntries(Object.entries(model).filter(([name]) => !isLeftOut(name)));
}

/** By which parameters the list is narrowed: any value of one, and every one that is given. */
const filters: Readonly<Record<string, (model: ChatModel) => readonly string[]>> = {
  id: ({ id, aliases }) => [id, ...aliases],
  type: ({ type }) => [type],
  tags: ({ tags }) => tags,
  modalities: ({ modalities }) => [...modalities.input, ...modalities.output],
  input_modalities: ({ modalities }) => modalities.input,
  output_modalities: ({ modalities }) => modalities.output,
  capabilities: ({ capabilities }) => capabilities,
};

function isWanted(model: ChatModel, parameters: URLSearchParams): boolean {
  return Object.entries(filters).every(([name, valuesOfModel]) => {
    const wanted = valuesOf(parameters, name);
    return wanted.length === 0 || valuesOfModel(model).some((value) => wanted.includes(value));
  });
}

/** A parameter's values, given with commas or more than once, in lower case. */
function valuesOf(parameters: URLSearchParams, name: string): readonly string[] {
  return parameters
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim().toLowerCase())
    .filter((value) => value !== '');
}
