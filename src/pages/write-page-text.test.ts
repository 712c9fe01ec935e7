import { expect, test } from 'vitest';
import { writePageText } from './write-page-text.ts';

test.each<[string, string]>([
  ['`max_tokens`, or less', '<code>max_tokens</code>, or less'],
  ['[all prices](#pricing)', '<a href="#pricing">all prices</a>'],
  ['see [Opus](/models/a/b/).', 'see <a href="/models/a/b/">Opus</a>.'],
  ['[x](https://example.com/a)', '<a href="https://example.com/a">x</a>'],
  ['[x](javascript:alert)', 'x'],
  ['[x](//elsewhere.example)', 'x'],
  ['a list[] of <b>', 'a list[] of &lt;b&gt;'],
  ['one ` alone', 'one ` alone'],
  ['`a[](b)`', '<code>a[](b)</code>'],
])('%s is written %s', (text, written) => {
  expect(writePageText(text).text).toBe(written);
});
