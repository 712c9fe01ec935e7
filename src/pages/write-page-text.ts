import type { Html } from './html.ts';
import { html } from './html.ts';
import type { PageText } from './model-page.ts';

const marked = /`([^`]+)`|\[([^\]]+)\]\(([^()\s]+)\)/g;

/** A text of a page as HTML: code and links are marked, all else is what it says. */
export function writePageText(text: PageText): Html {
  const parts: Html[] = [];
  let from = 0;
  for (const { 0: whole, 1: code, 2: words, 3: address, index } of text.matchAll(marked)) {
    parts.push(html`${text.slice(from, index)}`);
    parts.push(
      code === undefined ? linkTo(address ?? '', words ?? '') : html`<code>${code}</code>`,
    );
    from = index + whole.length;
  }
  parts.push(html`${text.slice(from)}`);
  return html`${parts}`;
}

/** To our own pages and to the web, and nowhere else: what looks otherwise stays words. */
function linkTo(address: string, words: string): Html {
  if (!/^(?:https:\/\/|\/(?!\/)|#)/.test(address)) return html`${words}`;
  return html`<a href="${address}">${words}</a>`;
}
