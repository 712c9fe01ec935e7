import { expect, test } from 'vitest';
import { KeptPages } from './kept-pages.ts';

function counting(
  pages: KeptPages,
): (name: string, madeFrom: readonly unknown[], text: string) => number {
  let written = 0;
  return (name, madeFrom, text) => {
    const { body } = pages.page(name, madeFrom, () => {
      written += 1;
      return { type: 'text/plain', text };
    });
    expect(Buffer.from(body).toString()).toBe(text);
    return written;
  };
}

test('a page is written once, and anew when what it is made from changes', () => {
  const ask = counting(new KeptPages());
  const settings = {};
  expect(ask('a', [settings, 'p1'], 'x')).toBe(1);
  expect(ask('a', [settings, 'p1'], 'x')).toBe(1);
  expect(ask('a', [settings, 'p2'], 'y')).toBe(2);
  expect(ask('a', [{}, 'p2'], 'z')).toBe(3);
  expect(ask('b', [settings, 'p1'], 'x')).toBe(4);
});

test('no more is kept than there is room for', () => {
  const ask = counting(new KeptPages(10));
  expect(ask('a', [], '12345')).toBe(1);
  expect(ask('b', [], '12345')).toBe(2);
  expect(ask('a', [], '12345')).toBe(2);
  expect(ask('c', [], '1')).toBe(3);
  expect(ask('c', [], '1')).toBe(3);
  expect(ask('a', [], '12345')).toBe(4);
  expect(ask('large', [], '12345678901')).toBe(5);
  expect(ask('large', [], '12345678901')).toBe(6);
});

test('a page that is written anew gives back the room that it had', () => {
  const ask = counting(new KeptPages(10));
  for (let round = 1; round <= 20; round += 1) expect(ask('a', [round], '123456')).toBe(round);
  expect(ask('b', [], '1234')).toBe(21);
  expect(ask('a', [20], '123456')).toBe(21);
});
