import type { Model } from './model.ts';
import type { ProfileName } from './profiles.ts';
import { modelsOf, profileNames } from './profiles.ts';

/** The forms in which a model can be named; `any` takes the names of all, with or without author. */
export type NamingForm = 'messages' | 'chat-completions' | 'workers-ai' | 'any';

const namesIn: Readonly<Record<NamingForm, (model: Model) => readonly string[]>> = {
  messages: ({ id, aliases }) => [id, ...aliases],
  'chat-completions': ({ formNames }) => formNames.chatCompletions,
  'workers-ai': ({ formNames }) => formNames.workersAi,
  any: ({ id, aliases, formNames }) => {
    const others = [...formNames.chatCompletions, ...formNames.workersAi];
    const bare = others.map((name) => name.slice(name.indexOf('/') + 1));
    return [...new Set([id, ...aliases, ...others, ...bare])];
  },
};

const registries = new Map(
  profileNames.map((profile) => [profile, registryOf(modelsOf(profile))] as const),
);

type Registry = Readonly<Record<NamingForm, ReadonlyMap<string, Model>>>;

function registryOf(models: readonly Model[]): Registry {
  const inForm = (form: NamingForm): ReadonlyMap<string, Model> =>
    new Map(models.flatMap((model) => namesIn[form](model).map((name) => [name, model] as const)));
  return {
    messages: inForm('messages'),
    'chat-completions': inForm('chat-completions'),
    'workers-ai': inForm('workers-ai'),
    any: inForm('any'),
  };
}

/** The model that a name stands for in a form, if the registry has it. */
export function resolveModel(
  name: string,
  profile: ProfileName = 'launch',
  form: NamingForm = 'messages',
): Model | undefined {
  return registries.get(profile)?.[form].get(name);
}

/** What stands before a model's own name where its author is named too. */
const AUTHOR = 'anthropic/';

/** The model that a name of any form stands for; its author may stand before any of them. */
export function resolveAnyName(name: string, profile: ProfileName): Model | undefined {
  const bare = name.startsWith(AUTHOR) ? name.slice(AUTHOR.length) : name;
  return resolveModel(name, profile, 'any') ?? resolveModel(bare, profile, 'any');
}

/** The name to call a model by in the Chat Completions form. */
export function chatNameOf({ id, formNames }: Model): string {
  return formNames.chatCompletions[0] ?? `${AUTHOR}${id}`;
}
