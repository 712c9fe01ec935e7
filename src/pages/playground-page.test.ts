import { expect, test } from 'vitest';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import { playgroundPath, writePlaygroundPage } from './playground-page.ts';
import type { WebAssets } from './web-assets.ts';
import { noWebAssets } from './web-assets.ts';

const model = resolveAnyName('claude-sonnet-4-6', 'launch');
if (model === undefined) throw new Error('the registry has lost a model');

const built: WebAssets = {
  entry: (name) => ({ scripts: [`/assets/${name}.js`], styles: [`/assets/${name}.css`] }),
  find: () => undefined,
};

test('stands in the folder of its model', () => {
  expect(playgroundPath(model)).toBe('/models/anthropic/claude-sonnet-4.6/playground/');
});

test('loads the playground alone, and says where the examples are to who runs no script', () => {
  const page = writePlaygroundPage(model, built);
  expect(page).toContain('<script type="module" src="/assets/playground.js"></script>');
  expect(page).not.toContain('/assets/catalog.js');
  expect(page).toContain('href="/assets/catalog.css"');
  expect(page).toContain('href="/assets/playground.css"');
  expect(page).toContain('<div id="playground" data-model="claude-sonnet-4-6"></div>');
  expect(page).toMatch(
    /<noscript>[^]*href="\/models\/anthropic\/claude-sonnet-4\.6\/#usage"[^]*<\/noscript>/,
  );
});

test('says so where it was not built', () => {
  const page = writePlaygroundPage(model, noWebAssets);
  expect(page).toContain('The playground is not built here.');
  expect(page).not.toContain('<noscript>');
});
