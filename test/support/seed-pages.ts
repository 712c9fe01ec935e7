import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/std/json.ts';
import { projectRoot } from './source-files.ts';

const folder = join(projectRoot, '../shared/seeds');

/** A seed beside the checkout; a user's clone has none, and what is tested with it is skipped then. */
export function readSeedPage(number: '000' | '001'): string | undefined {
  const name = existsSync(folder)
    ? readdirSync(folder).find((file) => file.startsWith(number))
    : undefined;
  if (name !== undefined) return readFileSync(join(folder, name), 'utf8');
  if (process.env['CI'] === 'true') throw new Error(`seeds are required in CI: ${folder}`);
  process.stdout.write('skipped: no seeds beside this checkout\n');
  return undefined;
}

/** The code that a page shows, in its order, without the empty lines that its text puts in between. */
export function snippetsIn(page: string): readonly string[] {
  const snippets = page.matchAll(
    /^const response = await env\.AI\.run\([\s\S]*?^console\.log\(response\)$/gm,
  );
  return [...snippets].map(([code]) =>
    code
      .split('\n')
      .filter((line) => line !== '')
      .join('\n'),
  );
}

/** The JSON Schemas that a page shows: of what goes in, and of what comes out. */
export function schemasIn(page: string): {
  readonly input: JsonObject;
  readonly output: JsonObject;
} {
  const [input, output] = [...page.matchAll(/```\n([\s\S]*?)```/g)]
    .map(([, text = '']) => text)
    .filter((text) => text.includes('"$schema"'))
    .map((text) => JSON.parse(text) as JsonObject);
  if (input === undefined || output === undefined) throw new Error('the page shows no schemas');
  return { input, output };
}

/** What seed 001 shows as said to each of its snippets. */
export function outputsIn(page: string): readonly string[] {
  return page
    .split('\nconsole.log(response)\n')
    .slice(1)
    .map((text) =>
      (text.split(/\n+(?:Examples|Parameters|[A-Z][\w -]+ — [^\n]+)\n/)[0] ?? '').trimEnd(),
    );
}
