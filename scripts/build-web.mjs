// Builds the browser files into dist/web, and writes the map that the gateway serves them from:
// dist/web/assets.json. Run by scripts/run.mjs with the project's own Node.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'vite';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const out = join(root, 'dist/web');
const MAP = 'assets.json';
const MANIFEST = 'manifest.json';

const types = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

await build({ configFile: join(root, 'console/vite.config.ts'), logLevel: 'warn' });
const manifest = JSON.parse(readFileSync(join(out, MANIFEST), 'utf8'));
rmSync(join(out, MANIFEST));
const files = Object.fromEntries(
  readdirSync(out)
    .toSorted()
    .map((name) => [`/assets/${name}`, describe(name)]),
);
writeFileSync(
  join(out, MAP),
  `${JSON.stringify({ files, entries: entriesOf(manifest) }, undefined, 1)}\n`,
);

/** The file and its media type; beside it the same in brotli, where that is smaller. */
function describe(name) {
  const type = types[extname(name)];
  if (type === undefined) throw new Error(`${name} has no media type in build-web.mjs`);
  const bytes = readFileSync(join(out, name));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  const brotli = brotliCompressSync(bytes, { params: quality });
  if (brotli.length >= bytes.length) return { file: name, type };
  writeFileSync(join(out, `${name}.br`), brotli);
  return { file: name, type, brotli: `${name}.br` };
}

/** What the page of each entry loads: its script, and the styles of all that it imports at once. */
function entriesOf(chunks) {
  const entries = Object.values(chunks).filter(({ isEntry }) => isEntry === true);
  return Object.fromEntries(
    entries.map((entry) => [
      entry.name,
      {
        scripts: [`/assets/${entry.file}`],
        styles: [...stylesOf(entry, chunks, new Set())].map((name) => `/assets/${name}`),
      },
    ]),
  );
}

function stylesOf(chunk, chunks, seen) {
  if (seen.has(chunk.file)) return new Set();
  seen.add(chunk.file);
  const imported = (chunk.imports ?? []).flatMap((key) => [...stylesOf(chunks[key], chunks, seen)]);
  return new Set([...imported, ...(chunk.css ?? [])]);
}
