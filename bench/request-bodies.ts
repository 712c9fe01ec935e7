import { type AnswerKind, formatAnswerMark } from './upstream/answer-kind.ts';

type Block = Record<string, unknown>;
type Turn = { role: 'user' | 'assistant'; content: Block[] };

const system =
  'You are a coding agent in a terminal. Read files before you change them, keep answers short, and run the tests.';

const tools = [
  {
    name: 'read_file',
    description: 'Reads a text file and returns its lines with numbers.',
    input_schema: {
      type: 'object',
      properties: {
        path: { type: 'string' },
        offset: { type: 'integer', minimum: 1 },
        limit: { type: 'integer' },
      },
      required: ['path'],
    },
  },
  {
    name: 'run',
    description: 'Runs a command in "sh" and returns what it printed.',
    input_schema: {
      type: 'object',
      properties: { command: { type: 'string' }, timeout_ms: { type: 'integer', maximum: 600000 } },
      required: ['command'],
    },
  },
];

// Quotes, newlines, tabs and a backslash: the escapes that make scanning a real agent's body slower than plain prose.
const codeLines = [
  'import { readFile } from "node:fs/promises";',
  '',
  '/** Returns the number of lines of a file. */',
  'export async function countLines(path: string): Promise<number> {',
  '\tconst text = await readFile(path, "utf8");',
  '\tif (text === "") return 0;',
  '\treturn text.split(/\\r?\\n/).length;',
  '}',
];

function buildTurnPair(index: number, lines: number): [Turn, Turn] {
  const id = `toolu_${String(index).padStart(20, '0')}`;
  const code = Array.from(
    { length: lines },
    (_, line) => `${line + 1}\t${codeLines[line % codeLines.length]}`,
  );
  return [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: `I'll look at "src/part-${index}.ts" first.` },
        { type: 'tool_use', id, name: 'read_file', input: { path: `src/part-${index}.ts` } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: code.join('\n') }] },
  ];
}

/** What a request body should look like. */
export type BodyOptions = {
  readonly bytes: number;
  readonly model: string;
  readonly answer: AnswerKind;
};

/** A Messages request as an agent sends it, of exactly the given size and the same for the same options. */
export function buildRequestBody(options: BodyOptions): Buffer {
  const messages: Turn[] = [
    { role: 'user', content: [{ type: 'text', text: 'Why does the line count differ?' }] },
  ];
  const ending: Block = { type: 'text', text: '' };
  const encode = (): Buffer => {
    const last = messages.at(-1);
    const turns = messages.slice(0, -1);
    return Buffer.from(
      JSON.stringify({
        model: options.model,
        max_tokens: 1024,
        metadata: { user_id: formatAnswerMark(options.answer) },
        ...(options.answer.kind === 'json' ? {} : { stream: true }),
        system,
        tools,
        messages:
          last === undefined
            ? turns
            : [...turns, { role: last.role, content: [...last.content, ending] }],
      }),
    );
  };
  const linesEach = options.bytes > 10_000 ? 60 : 8;
  for (let index = 0; ; index += 1) {
    const pair = buildTurnPair(index, linesEach);
    if (encode().length + JSON.stringify(pair).length > options.bytes) break;
    messages.push(...pair);
  }
  const missing = options.bytes - encode().length;
  if (missing < 0)
    throw new Error(`a body of ${options.bytes} bytes is smaller than the smallest request`);
  ending['text'] = 'and please go on with the next file '
    .repeat(Math.ceil(missing / 36))
    .slice(0, missing);
  const body = encode();
  if (body.length !== options.bytes)
    throw new Error(`built ${body.length} bytes, wanted ${options.bytes}`);
  return body;
}
