import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './source-files.ts';

/** Where the agents belong: they are large, so no checkout has them before a check asks for them. */
const agentsFolder: string = join(projectRoot, 'examples/agents');

const modules = join(agentsFolder, 'node_modules');
const stamp = join(modules, '.quatrain-install');
const INSTALL_MS_MAX = 600_000;

/** An agent's package, once it is there; else why it is not. */
export type InstalledAgent =
  | { readonly kind: 'there'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Installs the agents as their lock says, without any of their install scripts, where that was not
 * done before, and finds a file of one of them. In CI a missing agent fails; elsewhere it is said.
 */
export function installedAgent(file: string): InstalledAgent {
  const reason = install();
  const path = join(modules, file);
  if (reason === undefined && existsSync(path)) return { kind: 'there', path };
  const missing = reason ?? `${file} is not there for this machine`;
  if (process.env['CI'] === 'true') throw new Error(missing);
  process.stdout.write(`skipped: ${missing}\n`);
  return { kind: 'missing', reason: missing };
}

function install(): string | undefined {
  const lock = readFileSync(join(agentsFolder, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, stderr, error } = spawnSync('npm', flags, {
    cwd: agentsFolder,
    encoding: 'utf8',
    timeout: INSTALL_MS_MAX,
  });
  if (status !== 0) {
    return `the agents could not be installed: ${error?.message ?? stderr.trim()}`;
  }
  writeFileSync(stamp, wanted);
  return undefined;
}
