// Builds the checkout around this example and puts it where the package "quatrain" would be. A
// project of your own has the package from npm instead: npm install --save-dev quatrain
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const checkout = resolve(here, '../..');
const link = join(here, 'node_modules', 'quatrain');

const { status } = spawnSync(process.execPath, [join(checkout, 'scripts', 'run.mjs'), 'build'], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
mkdirSync(dirname(link), { recursive: true });
rmSync(link, { recursive: true, force: true });
symlinkSync(checkout, link, 'junction');
