import type { Html } from './html.ts';
import { html, jsonBlock } from './html.ts';

/** A page on the way to another one. */
export interface Crumb {
  readonly path: string;
  readonly name: string;
}

/** The way to a page for its readers; the last of it is the page itself. */
export function writeCrumbs(crumbs: readonly Crumb[]): Html {
  return html`<nav class="breadcrumb" aria-label="Breadcrumb">
    <ol>
      ${crumbs.map(({ path, name }, at) =>
        at === crumbs.length - 1
          ? html`<li aria-current="page">${name}</li> `
          : html`<li><a href="${path}">${name}</a></li> `,
      )}
    </ol>
  </nav>`;
}

/** The same for programs, as JSON-LD; seed 000 has the form. */
export function writeCrumbsData(crumbs: readonly Crumb[]): Html {
  return jsonBlock('application/ld+json', {
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: crumbs.map(({ path, name }, at) => ({
      '@type': 'ListItem',
      position: at + 1,
      item: { '@id': path, name },
    })),
  });
}
