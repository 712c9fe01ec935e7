import type { JsonObject } from '../std/json.ts';
import type { PageForm } from './page-forms.ts';

/**
 * A text of a page. What stands between backticks is code, and `[words](address)` is a link: both
 * writers read it so, and nothing else in it means anything.
 */
export type PageText = string;

/** One row of the tables of parameters, with what it may hold. */
export interface PageParameter {
  /** The whole way to it, as both writers show it: `messages[].role`. */
  readonly way: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** As they are printed: `minimum: 0`. */
  readonly constraints: readonly string[];
  readonly note?: PageText;
  readonly children: readonly PageParameter[];
}

/** A tab of a group: one of several ways to say the same. */
export interface PageTab {
  /** Stays the same from group to group, so that a reader's choice can be kept. */
  readonly key: string;
  readonly label: string;
  readonly language: string;
  readonly code: string;
}

/** A part of a section. All that a page says stands in these, whoever writes it out. */
export type PageBlock =
  | { readonly kind: 'text'; readonly text: PageText }
  | { readonly kind: 'list'; readonly items: readonly PageText[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly PageText[])[];
    }
  | { readonly kind: 'heading'; readonly id: string; readonly text: string; readonly note?: string }
  | { readonly kind: 'code'; readonly language: string; readonly code: string }
  /** Shown when it is asked for. */
  | {
      readonly kind: 'folded';
      readonly title: string;
      readonly language: string;
      readonly code: string;
      /** The file that has the same. */
      readonly file?: string;
    }
  | { readonly kind: 'tabs'; readonly id: string; readonly tabs: readonly PageTab[] }
  | { readonly kind: 'parameters'; readonly rows: readonly PageParameter[] };

/** A part of a page that its table of contents names. */
export interface PageSection {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly PageBlock[];
}

/** Another form that the same model is served in. */
export interface PageSibling {
  readonly form: PageForm;
  readonly label: string;
  readonly path: string;
}

/** One model in one form: all that its page says, before it is HTML or Markdown. */
export interface ModelPage {
  readonly form: PageForm;
  /** Where it is, from `/models/` to the closing slash. */
  readonly path: string;
  readonly title: string;
  readonly name: string;
  readonly description: string;
  /** Task, author, hosting; a line of the page's head. */
  readonly kind: readonly string[];
  /** What the model is called by in this form. */
  readonly id: string;
  /** What a reader should know before anything else: that the model is no longer there. */
  readonly notice?: PageText;
  /** All forms, this one among them. */
  readonly siblings: readonly PageSibling[];
  readonly info: readonly (readonly [name: string, value: PageText])[];
  readonly sections: readonly PageSection[];
  readonly schemas: { readonly input: JsonObject; readonly output: JsonObject };
  /** Where the model can be tried out. */
  readonly playgroundPath: string;
}
