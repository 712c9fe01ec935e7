import type { FeatureName } from './model-features.ts';
import { featureNames } from './model-features.ts';
import type { ListedModel } from './models-json.ts';
import type { PageForm } from './page-forms.ts';
import { pageForms } from './page-forms.ts';

/** What the list of models is narrowed by; what is absent narrows nothing. */
export interface PageSearch {
  readonly text?: string;
  readonly author?: string;
  readonly form?: PageForm;
  readonly feature?: FeatureName;
}

const TEXT_LETTERS_MAX = 200;

/** Reads `?q=&author=&form=&feature=`. What is none of the choices narrows nothing. */
export function readPageSearch(query: string): PageSearch {
  const parameters = new URLSearchParams(query);
  const text = parameters.get('q')?.trim().slice(0, TEXT_LETTERS_MAX);
  const author = parameters.get('author');
  const form = pageForms.find((name) => name === parameters.get('form'));
  const feature = featureNames.find((name) => name === parameters.get('feature'));
  return {
    ...(text === undefined || text === '' ? {} : { text }),
    ...(author === null || author === '' ? {} : { author }),
    ...(form === undefined ? {} : { form }),
    ...(feature === undefined ? {} : { feature }),
  };
}

/** Whether a model is one of those that are looked for. The script of the list does the same. */
export function isPageFound(model: ListedModel, search: PageSearch): boolean {
  const { text, author, form, feature } = search;
  return (
    (author === undefined || model.author.id === author) &&
    (form === undefined || model.forms.some((served) => served.form === form)) &&
    (feature === undefined || model.features.includes(feature)) &&
    (text === undefined || wordsOf(text).every((word) => searchText(model).includes(word)))
  );
}

function wordsOf(text: string): readonly string[] {
  return plain(text).split(/\s+/);
}

/** All that a search looks through, dots and dashes alike as in the names of models. */
export function searchText({ name, id, aliases, description, tags }: ListedModel): string {
  return plain([name, id, ...aliases, description, ...tags].join(' '));
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('.', '-');
}
