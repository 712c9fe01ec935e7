import { schemaFiles } from '../catalog/write-model-page.ts';
import { PAGE_FILE } from '../catalog/write-models-index.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { PageForm } from '../pages/page-forms.ts';
import { MODELS_FOLDER, pageForms } from '../pages/page-forms.ts';
import { PLAYGROUND } from '../pages/playground-page.ts';

/** What a page or a file beside it is written as. */
export type ModelFile = 'html' | 'markdown' | 'input-schema' | 'output-schema';

/** What the list of all models is written as. */
export type ListFile = 'html' | 'markdown' | 'text' | 'data';

/** What is asked of the pages at `/models/`. */
export type ModelsQuestion =
  | { readonly kind: 'list'; readonly as: ListFile }
  | {
      readonly kind: 'model';
      /** As the path has it: any name of the model, perhaps with its author. */
      readonly name: string;
      /** Undefined for the model's own folder. */
      readonly form: PageForm | undefined;
      readonly as: ModelFile;
      /** Whether the path is one that its page could have. */
      readonly isFolder: boolean;
    }
  | { readonly kind: 'playground'; readonly name: string; readonly isFolder: boolean }
  /** Something that stands elsewhere. */
  | { readonly kind: 'moved'; readonly path: string }
  /** Nothing that could be there; told in the way that was asked for. */
  | { readonly kind: 'missing'; readonly name: string; readonly as: ModelFile };

/** Where browsers and programs begin that know nothing of the paths here. */
const HOME = '/';
const GUESSED_TEXT = '/llms.txt';

const lists: Readonly<Record<string, ListFile>> = {
  '': 'html',
  [PAGE_FILE]: 'markdown',
  'llms.txt': 'text',
  'models.json': 'data',
};

const files: Readonly<Record<string, ModelFile>> = {
  '': 'html',
  [PAGE_FILE]: 'markdown',
  [schemaFiles.input]: 'input-schema',
  [schemaFiles.output]: 'output-schema',
};

const modelFolders = ['{author}/{model}/', '{author}/{model}/{form}/'] as const;

/** Every path of these pages, written as routes are. */
export const modelsPaths: readonly string[] = [
  ...Object.keys(lists).map((file) => `${MODELS_FOLDER}${file}`),
  ...modelFolders.flatMap((folder) =>
    Object.keys(files).map((file) => `${MODELS_FOLDER}${folder}${file}`),
  ),
  `${MODELS_FOLDER}${modelFolders[0]}${PLAYGROUND}/`,
];

/** The names of models hold nothing that a path would encode. */
const plainName = /^(?:[\w.-]{1,128}\/)?[\w.:-]{1,128}$/;
/** Another part of the site. */
const REFERENCE = 'reference';

/**
 * What a path and the headers ask; undefined where no page answers. `/models/{name}` without a slash
 * at its end is also how clients of Chat Completions ask for a model: a page answers there only
 * who asks for HTML.
 */
export function readModelsQuestion(path: string, asked: HeaderMap): ModelsQuestion | undefined {
  if (path === HOME || `${path}/` === MODELS_FOLDER) {
    return accepts(asked, 'text/html') ? { kind: 'moved', path: MODELS_FOLDER } : undefined;
  }
  if (path === GUESSED_TEXT) return { kind: 'moved', path: `${MODELS_FOLDER}llms.txt` };
  if (!path.startsWith(MODELS_FOLDER)) return undefined;
  const place = path.slice(MODELS_FOLDER.length);
  const list = Object.hasOwn(lists, place) ? lists[place] : undefined;
  return list === undefined
    ? readPlace(place.split('/'), asked)
    : { kind: 'list', as: listAs(list, asked) };
}

/** An author, a model, a form, a file; the first and the third may be missing. */
function readPlace(parts: readonly string[], asked: HeaderMap): ModelsQuestion | undefined {
  if (parts[0] === REFERENCE) return undefined;
  const file = parts.at(-1) ?? '';
  const isFolder = Object.hasOwn(files, file);
  const names = isFolder ? parts.slice(0, -1) : parts;
  const isPage = file === '' || !isFolder;
  if (names.at(-1) === PLAYGROUND && names.length > 1 && isPage) {
    return playgroundOf(names.slice(0, -1), isFolder);
  }
  const form = pageForms.find((name) => name === names.at(-1) && names.length > 1);
  const name = (form === undefined ? names : names.slice(0, -1)).join('/');
  const isAsked = isFolder || form !== undefined || accepts(asked, 'text/html');
  if (!isAsked) return undefined;
  const as = fileAs(isFolder ? file : '', asked);
  if (!plainName.test(name)) return { kind: 'missing', name: names.join('/'), as };
  return { kind: 'model', name, form, as, isFolder };
}

function playgroundOf(names: readonly string[], isFolder: boolean): ModelsQuestion | undefined {
  const name = names.join('/');
  return plainName.test(name)
    ? { kind: 'playground', name, isFolder }
    : { kind: 'missing', name, as: 'html' };
}

function fileAs(file: string, asked: HeaderMap): ModelFile {
  const as = files[file] ?? 'html';
  return as === 'html' && prefersMarkdown(asked) ? 'markdown' : as;
}

function listAs(as: ListFile, asked: HeaderMap): ListFile {
  return as === 'html' && prefersMarkdown(asked) ? 'markdown' : as;
}

/** Whether a reader asks for Markdown, and not for HTML too. */
export function prefersMarkdown(asked: HeaderMap): boolean {
  return !accepts(asked, 'text/html') && accepts(asked, 'text/markdown');
}

/** Whether a type is named: who takes anything has not asked for it. */
function accepts({ accept }: HeaderMap, type: string): boolean {
  return typeof accept === 'string' && accept.toLowerCase().includes(type);
}
