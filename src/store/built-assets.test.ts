import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBuiltAssets } from './built-assets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quatrain-web-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const entries = { console: { scripts: ['/assets/a-1.js'], styles: [] } };

describe('browser files that were built', () => {
  test('are found by the map alone', () => {
    const files = {
      '/assets/a-1.js': { file: 'a-1.js', type: 'text/javascript', brotli: 'a-1.js.br' },
      '/assets/b-1.css': { file: 'b-1.css', type: 'text/css' },
    };
    writeFileSync(join(folder, 'assets.json'), JSON.stringify({ files, entries }));
    for (const name of ['a-1.js', 'a-1.js.br', 'b-1.css', 'secret'])
      writeFileSync(join(folder, name), name);
    const assets = openBuiltAssets(folder);
    const found = assets.find('/assets/a-1.js');
    expect([found?.type, String(found?.bytes), String(found?.brotli)]).toEqual([
      'text/javascript',
      'a-1.js',
      'a-1.js.br',
    ]);
    expect(assets.find('/assets/b-1.css')?.brotli).toBeUndefined();
    for (const path of ['/assets/secret', '/assets/../a-1.js', '/assets/assets.json', '__proto__'])
      expect(assets.find(path)).toBeUndefined();
    expect([assets.entry('console'), assets.entry('catalog').scripts]).toEqual([
      entries.console,
      [],
    ]);
  });

  test('are none where nothing was built', () => {
    const assets = openBuiltAssets(join(folder, 'nowhere'));
    expect([assets.entry('console').scripts, assets.find('/assets/a-1.js')]).toEqual([
      [],
      undefined,
    ]);
  });

  test('a map that is broken is a fault, not an empty one', () => {
    writeFileSync(join(folder, 'assets.json'), '{');
    expect(() => openBuiltAssets(folder)).toThrow('JSON');
  });
});
