import type { Crumb } from './crumbs.ts';
import { writeCrumbs, writeCrumbsData } from './crumbs.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { MODELS_FOLDER } from './page-forms.ts';
import { writePageShell } from './page-shell.ts';
import type { ReferencePage } from './reference-page.ts';
import { OPENAPI_PATH, REFERENCE_FOLDER } from './reference-page.ts';
import type { WebEntry } from './web-assets.ts';
import { writePageSection } from './write-page-blocks.ts';
import { writeSectionMarkdown } from './write-page-markdown.ts';

/** A page of the reference in HTML. It needs no script to be read. */
export function writeReferenceHtml(page: ReferencePage, entry: WebEntry): string {
  const { path, title, description } = page;
  return writePageShell({
    title: path === REFERENCE_FOLDER ? title : `${title} · API reference`,
    description,
    path,
    head: html`<link rel="canonical" href="${path}" />
      <link rel="alternate" type="text/markdown" href="${path}index.md" />
      ${writeCrumbsData(crumbsOf(page))} `,
    main: mainOf(page),
    entry,
  });
}

function mainOf(page: ReferencePage): Html {
  const { path, title, description, sections } = page;
  return html`${writeCrumbs(crumbsOf(page))}
    <div class="page-columns">
      <article class="page reference">
        <header class="page-head">
          <div class="page-title">
            <h1>${title}</h1>
            <div class="page-actions">
              <button type="button" class="button" data-copy-page="${path}index.md" hidden>
                Copy page
              </button>
              <a class="button" href="${path}index.md">View as Markdown</a>
              <a class="button" href="${OPENAPI_PATH}">OpenAPI</a>
            </div>
          </div>
          <p class="description">${description}</p>
        </header>
        ${sections.map((section) => writePageSection(section))}
      </article>
      <nav class="contents" aria-label="On this page">
        <p>On this page</p>
        <ul>
          ${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li> `)}
        </ul>
      </nav>
    </div>`;
}

function crumbsOf({ path, title }: ReferencePage): readonly Crumb[] {
  const isIndex = path === REFERENCE_FOLDER;
  return [
    { path: MODELS_FOLDER, name: 'Models' },
    ...(isIndex ? [] : [{ path: REFERENCE_FOLDER, name: 'API reference' }]),
    { path, name: title },
  ];
}

/** The same in Markdown: the same facts in the same order. */
export function writeReferenceMarkdown({ title, description, sections }: ReferencePage): string {
  const parts = [
    `# ${title}`,
    description,
    ...sections.flatMap((section) => writeSectionMarkdown(section)),
  ];
  return `${parts.join('\n\n')}\n`;
}
