import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { CommandProblem } from './command-problem.ts';
import { readJsonLines } from './read-json-lines.ts';

/** A batch as it is sent, made of a file with a request on each line. */
export interface BatchFile {
  readonly requests: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** As the API has it; docs/batches.md. */
const REQUESTS_MAX = 100_000;

/** Reads a file of JSON Lines, each `{"custom_id": …, "params": …}`. Texts go on as they were written. */
export function readBatchFile(path: string): BatchFile {
  const lines = readJsonLines(path, { linesMax: REQUESTS_MAX, read: checkRequest });
  const texts = lines.map(({ value }) => value);
  const body = new Uint8Array(Buffer.from(`{"requests":[${texts.join(',')}]}`));
  return { requests: texts.length, body };
}

function checkRequest(value: JsonValue, text: string): string {
  if (!isJsonObject(value)) throw new CommandProblem('an object is wanted');
  const { custom_id: id, params } = value;
  if (typeof id !== 'string') throw new CommandProblem('custom_id: a text is wanted');
  if (params !== undefined && isJsonObject(params)) return text;
  throw new CommandProblem('params: an object is wanted');
}
