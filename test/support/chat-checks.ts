import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { extendedSchemas } from './chat-extensions.ts';
import { publishedSchemas } from './chat-schemas.ts';

export type ChatSchemaName =
  | 'CreateChatCompletionResponse'
  | 'CreateChatCompletionStreamResponse'
  | 'ErrorResponse'
  | 'ListModelsResponse'
  | 'Model';

type Check = (name: ChatSchemaName, value: unknown) => string | undefined;

function checksOf(definitions: object): Check {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { uri: (text: string) => URL.canParse(text) },
  });
  ajv.addSchema({ $id: 'chat', $defs: definitions });
  const compiled = new Map<string, ValidateFunction>();
  return (name, value) => {
    const check = compiled.get(name) ?? ajv.compile({ $ref: `chat#/$defs/${name}` });
    compiled.set(name, check);
    return check(value) ? undefined : `${name}: ${ajv.errorsText(check.errors)}`;
  };
}

const published = checksOf(publishedSchemas);
const extended = checksOf(extendedSchemas());

/** What is wrong with a value: against what is published first, then against what we add to it. */
export const chatProblem: Check = (name, value) => published(name, value) ?? extended(name, value);

/** A value that fits what is published, and has nothing more than the extensions that are listed. */
export function expectChat(name: ChatSchemaName, value: unknown): void {
  const problem = chatProblem(name, value);
  expect(problem === undefined ? '' : `${problem} in ${JSON.stringify(value)}`).toBe('');
}

/** The chunks of a stream as it stands on the wire, whose framing is checked on the way. */
export function chunksIn(body: string): readonly Chunk[] {
  const frames = body.split('\n\n').filter((frame) => !frame.startsWith(':'));
  expect(frames.slice(-2)).toEqual(['data: [DONE]', '']);
  return frames.slice(0, -2).map((frame) => {
    const data = /^data: (\{.*\})$/.exec(frame)?.[1];
    expect(data === undefined ? frame : '').toBe('');
    const chunk = JSON.parse(data ?? '') as Chunk;
    expectChat('CreateChatCompletionStreamResponse', chunk);
    return chunk;
  });
}

/** The members of a chunk that tests look at. */
export interface Chunk {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly delta: Readonly<Record<string, unknown>>;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: object | null;
}
