import type { Html } from './html.ts';
import { html } from './html.ts';
import { MODELS_FOLDER } from './page-forms.ts';
import { writePageShell } from './page-shell.ts';
import type { WebEntry } from './web-assets.ts';

const NAME_LETTERS_MAX = 128;

/** What a reader is told who asks for a page that is not there. */
export interface MissingPage {
  readonly name: string;
  /** Models whose names are most like it. */
  readonly near: readonly { readonly name: string; readonly path: string }[];
}

/** A 404 for people. */
export function writeMissingPage({ name, near }: MissingPage, entry: WebEntry): string {
  return writePageShell({
    title: 'Not found',
    description: 'There is no such page.',
    path: MODELS_FOLDER,
    main: html`<header class="page-head">
        <h1>There is no such page</h1>
        <p class="description">
          Nothing here is called <code>${name.slice(0, NAME_LETTERS_MAX)}</code>.
        </p>
      </header>
      ${nearOf(near)}
      <p><a href="${MODELS_FOLDER}">All models</a></p>`,
    entry,
  });
}

function nearOf(near: MissingPage['near']): Html | undefined {
  if (near.length === 0) return undefined;
  return html`<p>Did you mean:</p>
    <ul>
      ${near.map(({ name, path }) => html`<li><a href="${path}">${name}</a></li> `)}
    </ul> `;
}
