import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { billedOutcomes, billedSituations, billedWords } from '../src/billing/billed-outcomes.ts';
import { withTables } from './support/made-tables.ts';
import { projectRoot } from './support/source-files.ts';

/** The "billed?" table of the document is the one that requests are charged by. */

const path = join(projectRoot, 'docs/billing.md');

function billedTable(): string {
  const rows = billedSituations.map(({ situation, seen, outcome }) => {
    const words =
      outcome === 'none' ? '0; nothing is held' : billedWords[billedOutcomes[outcome].billedFor];
    return `| ${situation} | ${seen} | ${words} |`;
  });
  return ['| situation | the caller sees | is charged |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
}

test('the table of docs/billing.md is that of the code (UPDATE=1 writes it)', () => {
  const text = readFileSync(path, 'utf8');
  const made = withTables(text, { billed: billedTable() });
  if (process.env['UPDATE'] === '1') writeFileSync(path, made);
  expect(readFileSync(path, 'utf8')).toBe(made);
});
