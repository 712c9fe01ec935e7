import { html } from './html.ts';
import type { WebEntry } from './web-assets.ts';

const HOW_TO_BUILD =
  'The console was not built. Build it with "npm start" in the folder of the program, then load this page again.';

const NEEDS_SCRIPT =
  'The console needs JavaScript. All that it does can be done without it: by the admin API, which describes itself at /admin/v1/openapi.json, or at the command line.';

/** The page that the console runs in; the same for each of its addresses. */
export function writeConsoleShell({ scripts, styles }: WebEntry): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Console · Quatrain</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0b0c0f" media="(prefers-color-scheme: dark)" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="data:," />
        ${styles.map((url) => html`<link rel="stylesheet" href="${url}" /> `)}${scripts.map((url) => html`<script type="module" src="${url}"></script> `)}
      </head>
      <body>
        <div id="root">${scripts.length === 0 && html`<p>${HOW_TO_BUILD}</p>`}</div>
        <noscript>${NEEDS_SCRIPT}</noscript>
      </body>
    </html> `;
  return page.text;
}
