import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { MarkdownText } from './markdown-text.tsx';

function shown(text: string, isArriving = false): string {
  return renderToStaticMarkup(createElement(MarkdownText, { text, isArriving }));
}

/** The elements in it, in their order. */
function tagsIn(html: string): readonly string[] {
  return [...html.matchAll(/<([a-z0-9]+)/g)].map(([, tag = '']) => tag);
}

const fence = '```';

describe('what Markdown says is shown', () => {
  test.each([
    ['emphasis', '**a** *b* ~~c~~ `d`', ['strong', 'em', 'del', 'code']],
    ['a list', '- a\n- b\n  1. c', ['ul', 'li', 'li', 'ol', 'li']],
    ['a quote and a line', '> a\n\n---', ['blockquote', 'hr']],
    ['a table', '| a | b |\n|---|--:|\n| 1 | 2 |', ['table', 'thead', 'th', 'tbody', 'td']],
    ['a hard break', 'a  \nb', ['br']],
  ])('%s', (_what, text, tags) => {
    expect(tagsIn(shown(text))).toEqual(expect.arrayContaining([...tags]));
  });

  test('tables and code are named, scroll within, and can be reached by keyboard', () => {
    const html = shown(`| a |\n|---|\n| 1 |\n\n${fence}ts\nconst a = '<b>';\n${fence}`);
    expect(html).toMatch(/<div [^>]*tabindex="0" role="group" aria-label="Table">/i);
    expect(html).toMatch(/<pre tabindex="0" role="group" aria-label="Code: ts">/i);
    expect(html).toContain('<span>ts</span>');
    expect(html).toContain('const a = &#x27;&lt;b&gt;&#x27;;');
    expect(html).toContain('aria-label="Copy code"');
  });

  test('headings stand below those of the page, in their order, without ids', () => {
    const html = shown('## A\n\n#### B\n\n##### C\n\n###### D\n\n## E\n\n# F\n\n#');
    expect(html.match(/<h\d[^>]*>.*?<\/h\d>/g)).toEqual([
      '<h3>A</h3>',
      '<h4>B</h4>',
      '<h5>C</h5>',
      '<h6>D</h6>',
      '<h3>E</h3>',
      '<h3>F</h3>',
    ]);
  });

  test('tasks, footnotes and remarks', () => {
    const html = shown('- [x] done\n- [ ] open\n\nA[^1]\n\n> [!NOTE]\n> b\n\n[^1]: the note');
    expect(html).toMatch(/aria-label="Done".*aria-label="Not done"/);
    expect(html).toMatch(/<sup>\[1\]<\/sup>.*NOTE.*<dt>\[1\]<\/dt><dd>the note<\/dd>/);
    expect(tagsIn(html)).not.toContain('input');
  });

  test('line ends of a paragraph are kept, for the style sheet to show', () => {
    expect(shown('a\nb')).toContain('a\nb');
  });
});

describe('what an answer can lead to', () => {
  test.each([
    ['[a](https://x.y/z?q=1)', 'https://x.y/z?q=1'],
    ['<http://x.y>', 'http://x.y/'],
    ['[a](mailto:me@x.org)', 'mailto:me@x.org'],
    ['https://x.y/bare', 'https://x.y/bare'],
    ['![a picture](https://x.y/p.png)', 'https://x.y/p.png'],
  ])('%s opens in a window of its own', (text, href) => {
    expect(shown(text)).toContain(`<a href="${href}" target="_blank" rel="noopener noreferrer">`);
  });

  test.each([
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    '[a](&#106;avascript:alert(1))',
    '[a](java&Tab;script:alert(1))',
    '[a](vbscript:x)',
    '[a](data:text/html,<script>alert(1)</script>)',
    '![a](data:image/svg+xml,<svg onload=alert(1)>)',
    '[a](file:///etc/passwd)',
    '[a](blob:https://x.y/1)',
    '[a](/console/keys)',
    '[a](//evil.example)',
    '[a](#root)',
    '[a](\u0001javascript:alert(1))',
    '[a][r]\n\n[r]: javascript:alert(1)',
    '<javascript:alert(1)>',
    `[a](https://x.y/${'z'.repeat(3000)})`,
  ])('%s is no link', (text) => {
    const html = shown(text);
    expect(tagsIn(html)).not.toContain('a');
    expect(html).toContain('a');
  });

  test('a picture is not loaded: its words lead to it', () => {
    const html = shown('![A cat](https://x.y/cat.png "t") ![](https://x.y/dog.png)');
    expect(html).toMatch(/>Image: A cat<\/a>.*>Image<\/a>/);
    expect(tagsIn(html)).not.toContain('img');
  });
});

const markup = [
  '<script>alert(1)</script>',
  'a <script>alert(1)</script> b',
  '<img src=x onerror=alert(1)>',
  '<style>*{display:none}</style>',
  '<iframe src="https://evil.example"></iframe>',
  '<a href="javascript:alert(1)" onclick="alert(1)">a</a>',
  '<div style="position:fixed">\n\n**a**\n\n</div>',
  '<!-- a -->',
  '<form action="https://evil.example"><input name=a></form>',
  '<svg><script>alert(1)</script></svg>',
  '<Component onClick={() => alert(1)} />',
  `${fence}html\n<script>alert(1)</script>\n${fence}`,
  '> <b onmouseover=alert(1)>x</b>',
  '| <script>alert(1)</script> |\n|---|\n| <img src=x> |',
  '---\na: <script>alert(1)</script>\n---\nb',
];
const known =
  /^(?:a|div|p|h[3-6]|strong|em|del|mark|code|pre|span|button|svg|path|rect|blockquote|ul|ol|li|table|thead|tbody|tr|th|td|hr|br|sup|dl|dt|dd)$/;

describe('markup in an answer stays text', () => {
  test.each(markup)('%s', (text) => {
    for (const isArriving of [true, false]) {
      const html = shown(text, isArriving);
      for (const tag of tagsIn(html)) expect(tag).toMatch(known);
      expect(html).not.toMatch(/<[^>]* (?:on\w+|style|src|action|id)=/i);
    }
  });

  test('and can be read', () => {
    expect(shown(markup[0] ?? '')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(shown(markup[2] ?? '')).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
});

describe('as it arrives', () => {
  const text = `# Title\n\nSome **bold** and [a link](https://x.y).\n\n- one\n- \`two\`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n${fence}ts\nconst a = 1;\n${fence}\n\n> quote <b>x</b>\n\n1. [x] y ![z](https://x.y/z.png)\n`;

  test('every beginning of it can be shown', () => {
    for (let end = 0; end <= text.length; end += 1) {
      const html = shown(text.slice(0, end), true);
      for (const tag of tagsIn(html)) expect(tag).toMatch(known);
      expect(html).not.toContain('**');
    }
  });

  test('marks that wait for their other half are not seen to come and go', () => {
    expect(shown('a **bo', true)).toContain('a bo');
    expect(shown('a **bo', false)).toContain('a **bo');
    expect(shown('a [link](https://x', true)).toContain('a link');
  });
});

describe('what is too much is shown as it is', () => {
  test.each([
    ['a very long text', `**a** ${'b '.repeat(100_001)}`],
    ['very many pieces', '- a\n'.repeat(12_000)],
    ['quotes in quotes', `${'> '.repeat(200)}a`],
    ['lists in lists', Array.from({ length: 80 }, (_, at) => `${'  '.repeat(at)}- a`).join('\n')],
    ['nothing but an address to refer to', '[a]: https://x.y'],
  ])('%s', (_what, text) => {
    const html = shown(text);
    expect(tagsIn(html)).toEqual(['p']);
    expect(html.length).toBeGreaterThanOrEqual(text.length);
  });

  const letters = 100_000;
  test.each(
    '[ * _ ` < ![ [a]( **a *a ~~a | &amp <div> <!-- [^1] [a][ \\ a@b.c'
      .split(' ')
      .concat('> ', '1. ', '- ', '> - ', '[a]: b\n', '|a|b|\n', 'http://a ', '***a** '),
  )('100 kB of %j are read within bounds', (piece) => {
    const text = piece.repeat(letters / piece.length);
    const startedMs = performance.now();
    for (const isArriving of [true, false]) shown(text, isArriving);
    // Generous, for a machine that is slow or busy: what is not bounded takes minutes.
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });
});
