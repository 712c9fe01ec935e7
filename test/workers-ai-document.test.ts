import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRunEncoder } from '../src/dialects/workers-ai/encode-run-answer.ts';
import type { RunShape } from '../src/dialects/workers-ai/encode-run-answer.ts';
import { runErrorOf } from '../src/dialects/workers-ai/run-error.ts';
import { ANY_METHOD, unservedRoutes } from '../src/http/unserved-routes.ts';
import type { ErrorCode, Refusal } from '../src/messages/errors.ts';
import { errorTable, refusal } from '../src/messages/errors.ts';
import { projectRoot } from './support/source-files.ts';
import { withTables } from './support/made-tables.ts';

/** The tables of docs/dialects/workers-ai.md are made from the tables of the code. */

const path = join(projectRoot, 'docs/dialects/workers-ai.md');

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells))].join('\n');
}

function shown(said: Refusal): Row {
  const { status, internalCode, name } = runErrorOf(said);
  return [String(status), String(internalCode), `\`${name}\``];
}

const errorRows = (Object.keys(errorTable) as readonly ErrorCode[]).map((code): Row => {
  const said = refusal(code);
  return [runErrorOf(said).text, ...shown(said)];
});

const shape: RunShape = {
  isStream: false,
  wrap: (result) => result,
  options: { ignored: [] },
  ignored: [],
  model: 'anthropic/claude-sonnet-4.6',
  fields: new Set(),
  isChatLike: false,
};

const upstreamStatuses = [400, 401, 402, 403, 404, 413, 429, 500, 502, 503, 504, 529];
const upstreamRows = upstreamStatuses.map((status): Row => {
  const answer = { status, headers: [], body: new Uint8Array(0) };
  return [String(status), ...shown(createRunEncoder(shape).refuseAnswer(answer))];
});

const made: Readonly<Record<string, string>> = {
  errors: table(['text, where there is none of its own', 'status', 'number', '`name`'], errorRows),
  'upstream errors': table(['the upstream says', 'status', 'number', '`name`'], upstreamRows),
  unserved: table(
    ['route', ''],
    unservedRoutes.map(({ method, path: route, why }) => [
      method === ANY_METHOD ? `\`${route}\`` : `\`${method} ${route}\``,
      why,
    ]),
  ),
};

describe('docs/dialects/workers-ai.md', () => {
  test('its tables are those of the code (UPDATE=1 writes them)', () => {
    const text = readFileSync(path, 'utf8');
    if (process.env['UPDATE'] === '1') writeFileSync(path, withTables(text, made));
    expect(readFileSync(path, 'utf8')).toBe(withTables(text, made));
  });

  test('every option of the form is named', () => {
    expect(readFileSync(path, 'utf8')).toContain('`workers_ai.content`');
  });

  test('no line of its prose is longer than 120 characters', () => {
    const long = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.length > 120 && !line.startsWith('|'));
    expect(long).toEqual([]);
  });
});
