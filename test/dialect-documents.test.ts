import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AnswerShape } from '../src/dialects/chat-completions/answer-shape.ts';
import { chatCompletionsDialect } from '../src/dialects/chat-completions/chat-completions-dialect.ts';
import { chatMessageParts } from '../src/dialects/chat-completions/decode-messages.ts';
import { createAnswerEncoder } from '../src/dialects/chat-completions/encode-answer.ts';
import { chatParameters } from '../src/dialects/chat-completions/parameters.ts';
import type { ErrorCode, Refusal } from '../src/messages/errors.ts';
import { errorTable, refusal } from '../src/messages/errors.ts';
import { projectRoot } from './support/source-files.ts';
import { withTables } from './support/made-tables.ts';

/** The tables of the documents about dialects are made from the tables of the code. */

const path = join(projectRoot, 'docs/dialects/chat-completions.md');

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells))].join('\n');
}

const postures = ['mapped', 'ignored', 'refused'] as const;

function byPosture<Entry extends { readonly posture: (typeof postures)[number] }>(
  entries: readonly Entry[],
): readonly Entry[] {
  return postures.flatMap((posture) => entries.filter((entry) => entry.posture === posture));
}

function parameterTable(): string {
  const rows = byPosture(chatParameters).map((parameter): Row => {
    const { name, posture, becomes, extension } = parameter;
    return [`\`${name}\``, extension === true ? `${posture}, extension` : posture, becomes];
  });
  return table(['parameter', '', 'becomes'], rows);
}

function messageTable(): string {
  const rows = byPosture(chatMessageParts).map(({ name, posture, becomes }): Row => [
    `\`${name}\``,
    posture,
    becomes,
  ]);
  return table(['part of a message', '', 'becomes'], rows);
}

/** Status, type and code of a refusal, whether clients are told to ask again, and its text. */
function shownError(said: Refusal): { readonly cells: Row; readonly message: string } {
  const { status, headers, body } = chatCompletionsDialect.encodeError(said, 'req_1');
  const { error } = JSON.parse(Buffer.from(body).toString()) as {
    readonly error: {
      readonly type: string;
      readonly code: string | null;
      readonly message: string;
    };
  };
  const retries = headers[headers.indexOf('x-should-retry') + 1] === 'true' ? 'yes' : 'no';
  const code = error.code === null ? 'null' : `\`${error.code}\``;
  const cells = [String(status), `\`${error.type}\``, code, retries];
  return { cells, message: error.message };
}

function errorTableText(): string {
  const codes = Object.keys(errorTable) as readonly ErrorCode[];
  const rows = codes.map((code): Row => {
    const { cells, message } = shownError(refusal(code));
    return [message, ...cells];
  });
  return table(
    ['text, where there is none of its own', 'status', '`type`', '`code`', 'asked again'],
    rows,
  );
}

const shape: AnswerShape = {
  id: 'chatcmpl-1',
  created: 0,
  model: 'claude-sonnet-4-6',
  isStream: false,
  includesUsage: false,
  callsAs: 'tool_calls',
  customTools: new Set(),
  reasoning: 'content-and-blocks',
  removesFence: false,
  metadata: undefined,
  ignored: [],
  credits: undefined,
  isKnownModel: true,
  fields: new Set(),
};

/** What upstreams say, and whether the registry knows the model. */
const upstreamErrors: readonly (readonly [string, number, boolean])[] = [
  ['400', 400, true],
  ['401, 402, 403', 401, true],
  ['404, for a model of the registry', 404, true],
  ['404, for another name', 404, false],
  ['413', 413, true],
  ['429', 429, true],
  ['500', 500, true],
  ['502 and what is no answer of an API', 502, true],
  ['503', 503, true],
  ['504', 504, true],
  ['529', 529, true],
];

function upstreamErrorTable(): string {
  const rows = upstreamErrors.map(([said, status, isKnownModel]): Row => {
    const encoder = createAnswerEncoder({ ...shape, isKnownModel });
    const answer = { status, headers: [], body: new Uint8Array(0) };
    return [said, ...shownError(encoder.refuseAnswer(answer)).cells];
  });
  return table(['the upstream says', 'status', '`type`', '`code`', 'asked again'], rows);
}

const made: Readonly<Record<string, string>> = {
  parameters: parameterTable(),
  messages: messageTable(),
  errors: errorTableText(),
  'upstream errors': upstreamErrorTable(),
};

describe('docs/dialects/chat-completions.md', () => {
  test('its tables are those of the code (UPDATE=1 writes them)', () => {
    const text = readFileSync(path, 'utf8');
    if (process.env['UPDATE'] === '1') writeFileSync(path, withTables(text, made));
    expect(readFileSync(path, 'utf8')).toBe(withTables(text, made));
  });

  test('every option of the form is named', () => {
    const text = readFileSync(path, 'utf8');
    for (const option of ['chat_completions.flavour', 'chat_completions.credits', 'cors.origins']) {
      expect(text).toContain(`\`${option}`);
    }
  });

  test('no line of its prose is longer than 120 characters', () => {
    const long = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.length > 120 && !line.startsWith('|'));
    expect(long).toEqual([]);
  });

  test('what is in the tables is named once', () => {
    for (const entries of [chatParameters, chatMessageParts]) {
      const names = entries.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(entries.every(({ becomes }) => becomes.endsWith('.'))).toBe(true);
    }
  });
});
