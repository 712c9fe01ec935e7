import type { Html } from './html.ts';
import { html } from './html.ts';
import type { PageBlock, PageParameter, PageSection } from './model-page.ts';
import { writePageText } from './write-page-text.ts';

/** A section of a page as HTML. */
export function writePageSection({ id, title, blocks }: PageSection): Html {
  return html`<section class="page-section" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${blocks.map((block) => blockHtml(block))}
  </section> `;
}

function blockHtml(block: PageBlock): Html {
  switch (block.kind) {
    case 'text':
      return html`<p>${writePageText(block.text)}</p> `;
    case 'list':
      return html`<ul>
        ${block.items.map((item) => html`<li>${writePageText(item)}</li> `)}
      </ul> `;
    case 'table':
      return tableHtml(block);
    case 'heading':
      return html`<h3 id="${block.id}">${block.text}</h3>
        ${block.note !== undefined && html`<p class="note">${block.note}</p> `}`;
    case 'code':
      return codeHtml(block.code, block.language);
    case 'folded':
      return foldedHtml(block);
    case 'tabs':
      return tabsHtml(block);
    case 'parameters':
      return html`<div class="parameters">${block.rows.map((row) => parameterHtml(row))}</div> `;
  }
}

/** Wide tables scroll by themselves; who has no mouse reaches them by the keyboard. */
function tableHtml({ head, rows }: Extract<PageBlock, { readonly kind: 'table' }>): Html {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="${head.join(', ')}">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${writePageText(cell)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
}

function codeHtml(code: string, language: string): Html {
  return html`<div class="code">
    <pre tabindex="0"><code class="language-${language}">${code}</code></pre>
  </div> `;
}

function foldedHtml({
  title,
  language,
  code,
  file,
}: Extract<PageBlock, { readonly kind: 'folded' }>): Html {
  const link = file !== undefined && html`<p class="file"><a href="${file}">${file}</a></p> `;
  return html`<details class="folded">
    <summary>${title}</summary>
    ${link}${codeHtml(code, language)}
  </details> `;
}

/** Radio buttons and their labels: choosing a tab needs no script. */
function tabsHtml({ id, tabs }: Extract<PageBlock, { readonly kind: 'tabs' }>): Html {
  return html`<fieldset class="tabs">
    <legend class="visually-hidden">Language</legend>
    ${tabs.map(
      ({ key, label, language, code }, at) =>
        html`<input
            type="radio"
            name="${id}-tab"
            id="${id}-${key}"
            value="${key}"
            ${at === 0 && html` checked`}
          /><label for="${id}-${key}">${label}</label>
          <div class="tab-panel">${codeHtml(code, language)}</div> `,
    )}
  </fieldset> `;
}

function parameterHtml(row: PageParameter): Html {
  const line = parameterLine(row);
  if (row.children.length === 0) return html`<div class="parameter">${line}</div> `;
  return html`<details class="parameter">
    <summary>${line}</summary>
    <div class="parameter-children">${row.children.map((child) => parameterHtml(child))}</div>
  </details> `;
}

function parameterLine({ way, type, isRequired, constraints, note }: PageParameter): Html {
  return html`<span class="parameter-line"
    ><code class="parameter-name">${wayHtml(way)}</code>
    <code class="parameter-type">${type}</code
    >${isRequired && html` <span class="required">required</span>`}${constraints.map((constraint) => html` <span class="constraint">${constraint}</span>`)}${note !== undefined && html` <span class="parameter-note">${writePageText(note)}</span>`}</span
  >`;
}

/** Its own name is what a reader looks for; the way to it is beside the point. */
function wayHtml(way: string): Html {
  const own = /(?:[^.[\]{}]+(?:\[\]|\{\})?|\[type=[^\]]+\])$/.exec(way)?.[0] ?? way;
  const before = way.slice(0, way.length - own.length);
  return html`${before !== '' && html`<span class="parameter-way">${before}</span>`}${own}`;
}
