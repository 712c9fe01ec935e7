import type { Crumb } from './crumbs.ts';
import { writeCrumbs, writeCrumbsData } from './crumbs.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import type { ModelPage } from './model-page.ts';
import { MODELS_FOLDER } from './page-forms.ts';
import { writePageShell } from './page-shell.ts';
import type { WebEntry } from './web-assets.ts';
import { writePageSection } from './write-page-blocks.ts';
import { writePageText } from './write-page-text.ts';

/** A model's page in HTML. It needs no script to be read. */
export function writePageHtml(page: ModelPage, entry: WebEntry): string {
  return writePageShell({
    title: page.title,
    description: page.description,
    path: page.path,
    head: headOf(page),
    main: mainOf(page),
    entry,
  });
}

function headOf(page: ModelPage): Html {
  const markdown = html`<link rel="alternate" type="text/markdown" href="${page.path}index.md" /> `;
  return html`<link rel="canonical" href="${page.path}" />
    ${markdown}${writeCrumbsData(crumbsOf(page))} `;
}

function crumbsOf({ path, name }: ModelPage): readonly Crumb[] {
  return [
    { path: MODELS_FOLDER, name: 'Models' },
    { path, name },
  ];
}

function mainOf(page: ModelPage): Html {
  const { sections } = page;
  return html`${writeCrumbs(crumbsOf(page))}
    <div class="page-columns">
      <article class="page">
        ${pageHead(page)}${infoTable(page)} ${sections.map((section) => writePageSection(section))}
      </article>
      <nav class="contents" aria-label="On this page">
        <p>On this page</p>
        <ul>
          ${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li> `)}
        </ul>
      </nav>
    </div>`;
}

function pageHead(page: ModelPage): Html {
  const { form, path, name, description, kind, id, notice, siblings } = page;
  const links = siblings.map(
    (other) =>
      html`<li>
        <a href="${other.path}" ${other.form === form && html`aria-current="page"`}
          >${other.label}</a
        >
      </li> `,
  );
  return html`<header class="page-head">
    <div class="page-title">
      <h1>${name}</h1>
      <div class="page-actions">
        <a class="button button-primary" href="${page.playgroundPath}">Try it</a>
        <button type="button" class="button" data-copy-page="${path}index.md" hidden>
          Copy page
        </button>
        <a class="button" href="${path}index.md">View as Markdown</a>
      </div>
    </div>
    <p class="kind">${kind.join(' • ')}</p>
    <p class="model-id">
      <code id="model-id">${id}</code>
      <button type="button" class="copy" data-copy="model-id" hidden>Copy id</button>
    </p>
    ${notice !== undefined && html`<p class="notice" role="note">${writePageText(notice)}</p> `}
    <p class="description">${description}</p>
    <nav class="forms" aria-label="Forms">
      <ul>
        ${links}
      </ul>
    </nav>
  </header>`;
}

function infoTable({ info }: ModelPage): Html {
  const rows = info.map(
    ([key, value]) =>
      html`<tr>
        <th scope="row">${key}</th>
        <td>${writePageText(value)}</td>
      </tr> `,
  );
  return html`<table class="info">
    <caption class="visually-hidden">
      Model Info
    </caption>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
