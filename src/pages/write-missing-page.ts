import type { Html } from './html.ts';
import { html } from './html.ts';
import { MODELS_FOLDER } from './page-forms.ts';
import { writePageShell } from './page-shell.ts';
import type { WebEntry } from './web-assets.ts';

const NAME_LETTERS_MAX = 128;

/** What a reader is told who asks for a page that is not there. */
export interface MissingPage {
  readonly name: string;
  /** Pages that may have been meant. */
  readonly near: readonly { readonly name: string; readonly path: string }[];
}

/** A 404 for people. */
export function writeMissingPage({ name, near }: MissingPage, entry: WebEntry): string {
  return writePageShell({
    title: 'Not found',
    description: 'There is no such page.',
    path: MODELS_FOLDER,
    main: html`<article class="page missing">
      <header class="page-head">
        <h1>There is no such page</h1>
        <p class="description">
          Nothing here is called <code>${name.slice(0, NAME_LETTERS_MAX)}</code>.
        </p>
      </header>
      ${nearOf(near)}
      <p><a class="button" href="${MODELS_FOLDER}">All models</a></p>
    </article>`,
    entry,
  });
}

function nearOf(near: MissingPage['near']): Html | undefined {
  if (near.length === 0) return undefined;
  return html`<section class="page-section" aria-labelledby="near">
    <h2 id="near">Did you mean</h2>
    <ul>
      ${near.map(({ name, path }) => html`<li><a href="${path}">${name}</a></li> `)}
    </ul>
  </section> `;
}

/** The same for programs that read, which asked for a twin. */
export function writeMissingMarkdown({ name, near }: MissingPage): string {
  // A name may hold anything: as code on one line it says nothing else.
  const asked = name.slice(0, NAME_LETTERS_MAX).replaceAll(/[`\s]/g, ' ');
  return [
    '# There is no such page',
    `Nothing here is called \`${asked}\`.`,
    ...(near.length === 0
      ? []
      : ['Did you mean', near.map((one) => `- [${one.name}](${one.path}index.md)`).join('\n')]),
    `[All models](${MODELS_FOLDER}index.md)`,
    '',
  ].join('\n\n');
}
