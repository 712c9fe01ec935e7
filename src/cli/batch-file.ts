import { readFileSync } from 'node:fs';
import { isJsonObject, parseJson } from '../std/json.ts';
import { CommandProblem } from './command-problem.ts';

/** A batch as it is sent, made of a file with a request on each line. */
export interface BatchFile {
  readonly requests: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** As the API has it; docs/batches.md. */
const REQUESTS_MAX = 100_000;

/**
 * Reads a file of JSON Lines, each `{"custom_id": …, "params": …}`: what is wrong is said with its line,
 * which no answer to the whole could.
 */
export function readBatchFile(path: string): BatchFile {
  const lines = textOf(path).split('\n');
  const requests: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const problem = problemOf(line);
    if (problem !== undefined) {
      throw new CommandProblem(`${path}:${String(at + 1)}: ${problem}`);
    }
    requests.push(line);
  }
  if (requests.length === 0) throw new CommandProblem(`${path} has no requests`);
  if (requests.length > REQUESTS_MAX) {
    throw new CommandProblem(
      `${path} has ${String(requests.length)} requests; a batch has ${String(REQUESTS_MAX)} at most`,
    );
  }
  const body = new Uint8Array(Buffer.from(`{"requests":[${requests.join(',')}]}`));
  return { requests: requests.length, body };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandProblem(`${path} cannot be read: ${reason}`);
  }
}

function problemOf(line: string): string | undefined {
  const parsed = parseJson(line);
  if (parsed.kind === 'malformed') return `no JSON: ${parsed.detail}`;
  if (!isJsonObject(parsed.value)) return 'an object is wanted';
  const { custom_id: id, params } = parsed.value;
  if (typeof id !== 'string') return 'custom_id: a text is wanted';
  return params !== undefined && isJsonObject(params) ? undefined : 'params: an object is wanted';
}
