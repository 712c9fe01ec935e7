import { expect, test } from 'vitest';
import { modelPath, nameHostModel, renameEdits } from './name-host-model.ts';

const byDefault = (name: string): string => `host/${name}`;

test.each<[string, Readonly<Record<string, string>>, string, readonly string[]]>([
  ['a', {}, 'host/a', []],
  ['a', { a: 'x' }, 'x', ['model-renamed']],
  ['a', { a: 'a' }, 'a', []],
  ['a', { '*': 'x', b: 'y' }, 'x', ['model-renamed']],
  ['x', { '*': 'x' }, 'x', []],
  ['constructor', {}, 'host/constructor', []],
])('%s with %j is %s', (asked, models, name, edits) => {
  const named = nameHostModel(asked, { models, byDefault });
  expect([named.name, renameEdits(named)]).toEqual([name, edits]);
});

test.each([
  ['a@1', 'a@1'],
  ['a/b.c-1', 'a/b.c-1'],
  ['a:b?c#d e', 'a%3Ab%3Fc%23d%20e'],
  ['a\r\nb', 'a%0D%0Ab'],
  ['', undefined],
  ['..', undefined],
  ['a/../b', undefined],
  ['/a', undefined],
  ['\ud800', undefined],
  ['x'.repeat(257), undefined],
])('the path of %j', (name, path) => {
  expect(modelPath(name)).toBe(path);
});
