import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findNestedSpans } from './nested-spans.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function assemblerIsInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('wabt');
    return true;
  } catch {
    return false;
  }
}

function spans(text: string, depthMax = 64): { texts: string[]; keys: number } | undefined {
  const bytes = Buffer.from(text);
  const found = findNestedSpans(bytes, depthMax);
  if (found === undefined) return undefined;
  const texts: string[] = [];
  for (let at = 0; at < found.bounds.length; at += 2)
    texts.push(bytes.toString('utf8', found.bounds[at], found.bounds[at + 1]));
  return { texts, keys: found.keys };
}

describe('findNestedSpans', () => {
  test('finds the containers one level down, and counts the keys', () => {
    expect(spans('{"a":[1,{"b":2}],"c":"{:}","d":{"e":[]}, "f" : []}')).toEqual({
      texts: ['[1,{"b":2}]', '{"e":[]}', '[]'],
      keys: 6,
    });
  });

  test.each([0, 1, 2, 61, 62, 63, 64, 65, 127, 128, 129])(
    'a string of %i bytes does not move what follows it',
    (length) => {
      for (const ending of ['', '\\\\', '\\"', '\\\\\\"', '\\\\\\\\'])
        expect(spans(`{"${'x'.repeat(length)}${ending}":["}"]}`)?.texts).toEqual(['["}"]']);
    },
  );

  test('what an earlier call left behind is not read', () => {
    spans(`{"a":[${'[],'.repeat(100)}1]}`);
    expect(spans('{"a":[]}')?.texts).toEqual(['[]']);
  });

  test.each([
    ['brackets of two kinds', '{"a":[}]'],
    ['one closed too often', '{"a":1}}'],
    ['one left open', '{"a":[]'],
    ['a string left open', '{"a":[]}"'],
    ['a backslash outside strings', String.raw`{"a":[\"]"]}`],
    ['more spans than there is room for', `{${'"a":[],'.repeat(4097)}"b":1}`],
    ['more bytes than there is room for', `{"a":"${'x'.repeat(4 * 1024 * 1024)}"}`],
    ['deeper than the stack', `{"a":${'['.repeat(1024)}${']'.repeat(1024)}}`, 5000],
    ['deeper than allowed', '{"a":[[]]}', 2],
    ['nothing allowed', '{}', -1],
  ] as const)('cannot tell: %s', (_name, text, depthMax = 5000) => {
    expect(spans(text, depthMax)).toBeUndefined();
  });

  test('uses all of its memory', () => {
    expect(spans(`{${'"a":[],'.repeat(4095)}"b":{}}`)?.texts).toHaveLength(4096);
    const deep = `${'['.repeat(1023)}${']'.repeat(1023)}`;
    expect(spans(`{"a":${deep}}`, 5000)?.texts).toEqual([deep]);
    const long = `["${'x'.repeat(4 * 1024 * 1024 - 10)}"]`;
    expect(spans(`{"a":${long}}`)?.texts).toEqual([long]);
  });

  test('the binary is what nested-spans.wat assembles to', ({ skip }) => {
    if (!assemblerIsInstalled()) skip('the package wabt is not installed');
    const script = here('../../scripts/build-wasm.mjs');
    const { stdout, stderr } = spawnSync(process.execPath, [script, '--print'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe(readFileSync(here('nested-spans-binary.ts'), 'utf8'));
  });
});
