import { schemaFiles } from '../catalog/write-model-page.ts';
import { PAGE_FILE } from '../catalog/write-models-index.ts';

/** What is asked of the catalog's pages; Workers reference §5.1. */
export type PageQuestion =
  | { readonly kind: 'index' }
  | { readonly kind: 'page' | 'input-schema' | 'output-schema'; readonly name: string };

const FOLDER = '/ai/models/';
const INDEX_FILE = 'llms.txt';

const byFile: Readonly<Record<string, 'page' | 'input-schema' | 'output-schema'>> = {
  [PAGE_FILE]: 'page',
  [schemaFiles.input]: 'input-schema',
  [schemaFiles.output]: 'output-schema',
};

/** Every path of these pages, written as routes are. */
export const pagePaths: readonly string[] = [
  `${FOLDER}${INDEX_FILE}`,
  ...Object.keys(byFile).map((file) => `${FOLDER}{author}/{model}/${file}`),
];

/** An author, a model, a file. The names of models hold nothing that a path would encode. */
const modelFile = /^([\w.-]{1,128}\/[\w.:-]{1,128})\/([\w.-]{1,64})$/;

/** What a path asks; undefined where there is no page for it. */
export function readPageQuestion(path: string): PageQuestion | undefined {
  if (!path.startsWith(FOLDER)) return undefined;
  const place = path.slice(FOLDER.length);
  if (place === INDEX_FILE) return { kind: 'index' };
  const [, name, file = ''] = modelFile.exec(place) ?? [];
  if (name === undefined || !Object.hasOwn(byFile, file)) return undefined;
  return { kind: byFile[file] ?? 'page', name };
}
