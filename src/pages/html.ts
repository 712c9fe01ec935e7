/** A piece of a page that is safe to put into one: what came from data in it is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: `undefined` and `false` are nothing. */
export type HtmlValue = Html | string | number | false | undefined | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A template of HTML. Every text in it is escaped: for content, and within tags for attributes, which
 * the template writes in double quotes.
 */
export function html(pieces: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  // Until a tag has ended, since a piece may itself stand within one.
  let isInTag = true;
  const parts = pieces.map((piece, at) => {
    const before = at === 0 ? '' : writtenHtml(values[at - 1], isInTag);
    isInTag = endsInTag(piece, isInTag);
    return before + piece;
  });
  return new Html(parts.join(''));
}

/** Whether a template is within a tag behind a piece of it; `>` never stands in our attributes. */
function endsInTag(piece: string, wasInTag: boolean): boolean {
  const opens = piece.lastIndexOf('<');
  const closes = piece.lastIndexOf('>');
  return opens === closes ? wasInTag : opens > closes;
}

/** A value as it stands in a page. */
function writtenHtml(value: HtmlValue, isInTag: boolean): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return escaped(value, isInTag);
  if (typeof value === 'number') return String(value);
  return value.map((one) => writtenHtml(one, isInTag)).join('');
}

/** Quotes only mean something within tags; a page of code is a third smaller with its own. */
function escaped(text: string, isInTag: boolean): string {
  return text
    .replaceAll(isInTag ? /[&<>"']/g : /[&<>]/g, (sign) => entities[sign] ?? '')
    .replaceAll('\0', '\uFFFD')
    .replaceAll('\r', '&#13;');
}

/** Data in a page for programs that read it. It never runs, and nothing in it ends its element. */
export function jsonBlock(type: string, value: object): Html {
  const text = JSON.stringify(value)
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
  return html`<script type="${type}">
    ${new Html(text)}
  </script>`;
}
