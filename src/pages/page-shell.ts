import { Html, html } from './html.ts';
import type { WebEntry } from './web-assets.ts';

/** What stands around nothing else: the parts of a page that differ from the next one's. */
export interface PageParts {
  /** As the browser's tab shows it. */
  readonly title: string;
  readonly description: string;
  /** Where the page is; the part of the site that it belongs to is marked by it. */
  readonly path: string;
  /** More for its head: links, data. */
  readonly head?: Html;
  /** All between header and footer; has to hold the page's one `h1`. */
  readonly main: Html;
  /** Its scripts and styles; none where the browser files were not built. */
  readonly entry: WebEntry;
}

const places: readonly (readonly [path: string, name: string])[] = [
  ['/models/', 'Models'],
  ['/models/reference/', 'API reference'],
];

/** A whole page for people, as every page that the server writes begins and ends. */
export function writePageShell({ title, description, path, head, main, entry }: PageParts): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} · Quatrain</title>
        <meta name="description" content="${description}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        ${entry.styles.map((url) => html`<link rel="stylesheet" href="${url}" /> `)}${entry.scripts.map((url) => html`<script type="module" src="${url}"></script> `)}${head}
      </head>
      <body>
        <a class="skip-link" href="#main">Skip to content</a>
        <header class="site-header">
          <a class="site-name" href="/models/">Quatrain</a>
          <nav class="site-nav" aria-label="Site">
            <ul>
              ${placesOf(path)}
            </ul>
          </nav>
        </header>
        <main id="main" class="site-main">${main}</main>
        <footer class="site-footer">
          <p>
            Served by Quatrain. For programs: <a href="/models/llms.txt">llms.txt</a>,
            <a href="/models/models.json">models.json</a>,
            <a href="/models/openapi.json">openapi.json</a>.
          </p>
        </footer>
      </body>
    </html> `;
  return page.text;
}

/** The longest place that a path is within is the one it belongs to. */
function placesOf(path: string): readonly Html[] {
  const [current] = places
    .filter(([place]) => path.startsWith(place))
    .toSorted(([left], [right]) => right.length - left.length);
  return places.map(
    ([place, name]) =>
      html`<li>
        <a href="${place}" ${place === current?.[0] && new Html(' aria-current="page"')}>${name}</a>
      </li> `,
  );
}
