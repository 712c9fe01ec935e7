import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Html, html, jsonBlock } from './html.ts';

/** What a reader of HTML makes of a text with references in it. */
function read(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#13;': '\r',
  };
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39|#13);/g, (sign) => signs[sign] ?? sign);
}

/** No reader of HTML keeps NUL. */
const texts = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[<>&"'`=/a-z \n\r-]{0,40}$/),
    fc.constantFrom('</script>', '<!--', ']]>', '"><script>', "' onload='", '&lt;', '&#0;'),
  )
  .filter((text) => !text.includes('\0'));

describe('html', () => {
  test('a text is content, whatever is in it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const page = html`<p>${text}</p>`.text;
        const inside = page.slice('<p>'.length, -'</p>'.length);
        expect(inside).not.toMatch(/[<>\r]/);
        expect(read(inside)).toBe(text);
      }),
    );
  });

  test('a text is the value of an attribute, whatever is in it', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const page = html`<a title="${one}" href="/x?${other}">${one}</a>`.text;
        const [, title = '', href = ''] =
          /^<a title="([^"]*)" href="\/x\?([^"]*)">/.exec(page) ?? [];
        expect([read(title), read(href)]).toEqual([one, other]);
      }),
    );
  });

  test('a piece that stands within a tag is escaped as one', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const attribute = html` data-x="${text}"`;
        const [, value = ''] =
          /^<p data-x="([^"]*)"><\/p>$/.exec(html`<p${attribute}></p>`.text) ?? [];
        expect(read(value)).toBe(text);
      }),
    );
  });

  test('NUL, which no reader takes, is replaced', () => {
    expect(html`<p>${'a\0b'}</p>`.text).toBe('<p>a\uFFFDb</p>');
  });

  test('pieces, numbers and lists are written, nothing is not', () => {
    const list = ['<', html`<b>${'&'}</b>`, 3, false, undefined] as const;
    expect(html`<i>${list}</i>${undefined}${new Html('<br>')}`.text).toBe(
      '<i>&lt;<b>&amp;</b>3</i><br>',
    );
  });

  test('data in a page does not end its element, and stays what it is', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(texts, fc.string({ unit: 'binary' }))),
        (data) => {
          const { text } = jsonBlock('application/json', data);
          const [, inside = ''] =
            /^<script type="application\/json">([\s\S]*)<\/script>$/.exec(text) ?? [];
          expect(inside).not.toContain('<');
          expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify(data)));
        },
      ),
    );
  });
});
