import { readFileSync } from 'node:fs';
import type { JsonValue } from '../std/json.ts';
import { parseJson } from '../std/json.ts';
import { CommandProblem } from './command-problem.ts';
import { fileReason } from './file-reason.ts';

/** A value with the line that it stands on, from 1. */
export interface ReadLine<Value> {
  readonly line: number;
  readonly value: Value;
}

export interface JsonLinesReading<Value> {
  readonly linesMax: number;
  /** Gives the value of a line, or throws a problem that says what is wrong with it. */
  readonly read: (value: JsonValue, text: string) => Value;
}

/** Reads a file with JSON on each line; what is wrong is said with the line that it stands on. */
export function readJsonLines<Value>(
  path: string,
  { linesMax, read }: JsonLinesReading<Value>,
): readonly ReadLine<Value>[] {
  const lines: ReadLine<Value>[] = [];
  for (const [at, text] of textOf(path).split('\n').entries()) {
    if (text.trim() === '') continue;
    const line = at + 1;
    if (lines.length >= linesMax) {
      throw new CommandProblem(`${path} has more than ${String(linesMax)} lines`);
    }
    lines.push({ line, value: valueOf(text, `${path}:${String(line)}`, read) });
  }
  if (lines.length > 0) return lines;
  throw new CommandProblem(`${path} is empty`);
}

function valueOf<Value>(text: string, place: string, read: JsonLinesReading<Value>['read']): Value {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed') throw new CommandProblem(`${place}: no JSON: ${parsed.detail}`);
  try {
    return read(parsed.value, text);
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error;
    throw new CommandProblem(`${place}: ${error.message}`);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandProblem(`${path} cannot be read: ${fileReason(error)}`);
  }
}
