/** How a host calls the models that requests name. */
export interface HostModelNames {
  /** By the name in a request; `*` is for all others. */
  readonly models: Readonly<Record<string, string>>;
  /** What it calls a model that nobody says otherwise of. */
  readonly byDefault: (name: string) => string;
}

export interface HostModelName {
  readonly name: string;
  /** Whether the configuration has the request answered under another name than its own. */
  readonly isRenamed: boolean;
}

const OTHERS = '*';

/** The host's name for a model. */
export function nameHostModel(asked: string, { models, byDefault }: HostModelNames): HostModelName {
  const named = [asked, OTHERS].find((name) => Object.hasOwn(models, name));
  const given = named === undefined ? undefined : models[named];
  if (given === undefined) return { name: byDefault(asked), isRenamed: false };
  return { name: given, isRenamed: given !== asked };
}

/** What a response header says of it. */
export function renameEdits({ isRenamed }: HostModelName): readonly string[] {
  return isRenamed ? ['model-renamed'] : [];
}

const NAME_LETTERS_MAX = 256;

/** A model's name as parts of a path; undefined where it would lead elsewhere. */
export function modelPath(name: string): string | undefined {
  const parts = name.split('/');
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain || name.length > NAME_LETTERS_MAX || !name.isWellFormed()) return undefined;
  return parts.map((part) => encodeURIComponent(part).replaceAll('%40', '@')).join('/');
}
