import type { Model } from '../catalog/model.ts';
import { chatNameOf } from '../catalog/resolve-model.ts';

/** The forms that a model has a page for. */
export const pageForms = ['workers-ai', 'messages', 'chat-completions'] as const;
export type PageForm = (typeof pageForms)[number];

interface FormFacts {
  readonly label: string;
  /** How the catalog of the Workers AI form calls it in `request_formats`. */
  readonly format: string;
  /** Where requests go. `{account}` is whatever the caller writes there. */
  readonly requestPath: string;
  /** What the model is called by; undefined where it is not served so. */
  readonly nameOf: (model: Model) => string | undefined;
  /** All that it may be called by. */
  readonly namesOf: (model: Model) => readonly string[];
}

/** What pages say of each form. */
export const formFacts: Readonly<Record<PageForm, FormFacts>> = {
  'workers-ai': {
    label: 'Workers AI',
    format: 'workers-ai',
    requestPath: '/client/v4/accounts/{account}/ai/run/{model}',
    nameOf: ({ formNames }) => formNames.workersAi[0],
    namesOf: ({ formNames }) => formNames.workersAi,
  },
  messages: {
    label: 'Messages',
    format: 'anthropic-messages',
    requestPath: '/v1/messages',
    nameOf: ({ id }) => id,
    namesOf: ({ id, aliases }) => [id, ...aliases],
  },
  'chat-completions': {
    label: 'Chat Completions',
    format: 'chat-completions',
    requestPath: '/v1/chat/completions',
    nameOf: chatNameOf,
    namesOf: (model) => [...new Set([chatNameOf(model), ...model.formNames.chatCompletions])],
  },
};

/** The forms of a model, first the one whose page stands in the model's own folder. */
export function formsOf(model: Model): readonly PageForm[] {
  return pageForms.filter((form) => formFacts[form].nameOf(model) !== undefined);
}

/** Where all pages are. */
export const MODELS_FOLDER = '/models/';
const AUTHOR = 'anthropic/';

/** The folder of a model: named after it as the Workers AI form does, else as the Messages form. */
export function modelFolder(model: Model): string {
  return `${MODELS_FOLDER}${model.formNames.workersAi[0] ?? `${AUTHOR}${model.id}`}/`;
}

/** Where the page of a model in a form is. */
export function pagePath(model: Model, form: PageForm): string {
  const folder = modelFolder(model);
  return form === formsOf(model)[0] ? folder : `${folder}${form}/`;
}
