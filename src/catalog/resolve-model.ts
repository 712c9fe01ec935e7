import type { Model } from './model.ts';
import type { ProfileName } from './profiles.ts';
import { modelsOf, profileNames } from './profiles.ts';

/** The forms in which a model can be named. */
export type NamingForm = 'messages' | 'chat-completions' | 'workers-ai';

const namesIn: Readonly<Record<NamingForm, (model: Model) => readonly string[]>> = {
  messages: ({ id, aliases }) => [id, ...aliases],
  'chat-completions': ({ formNames }) => formNames.chatCompletions,
  'workers-ai': ({ formNames }) => formNames.workersAi,
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
