import type { Attachment, Part, Turn } from './part.ts';

/** More than that the gateway writes no code for, and nobody would read it. */
const FILES_LETTERS_MAX = 900_000;

/** Turns as they can stand in code. */
export interface TurnsForCode {
  readonly turns: readonly Turn[];
  /** Files of which only the names stand there. */
  readonly named: readonly string[];
}

/** Where files are too large together for code, each of them stands there by its name. */
export function turnsForCode(turns: readonly Turn[]): TurnsForCode {
  const files = turns.flatMap(({ parts }) => parts.filter((part) => isFile(part)));
  const letters = files.reduce((sum, { data }) => sum + data.length, 0);
  if (letters <= FILES_LETTERS_MAX) return { turns, named: [] };
  return {
    turns: turns.map((turn) => ({ ...turn, parts: turn.parts.map((part) => byName(part)) })),
    named: files.map(({ name }) => name),
  };
}

function isFile(part: Part): part is Attachment {
  return part.kind === 'image' || part.kind === 'pdf';
}

function byName(part: Part): Part {
  return isFile(part) ? { ...part, data: `BASE64 OF ${part.name}` } : part;
}
