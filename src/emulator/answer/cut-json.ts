import type { CutInput } from '../../messages/expand-message.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';

/** How long pieces are, in letters. */
interface PieceLetters {
  readonly min: number;
  readonly max: number;
}

const buffered: PieceLetters = { min: 2, max: 12 };
const eager: PieceLetters = { min: 15, max: 60 };
/** A long argument comes in longer pieces, or it would be thousands of events. */
const LETTERS_OF_SHORT_PIECES = 400;

/**
 * A way to cut the JSON of a call. By default the API holds an argument back until it is whole, and a
 * piece never spans two of them; a tool with eager streaming gets longer pieces that end anywhere
 * (API reference §5.3).
 */
export function cutJson(random: DeterministicRandom, eagerTools: ReadonlySet<string>): CutInput {
  return (json, toolName) => {
    if (eagerTools.has(toolName)) return cutText(json, () => eager, random);
    return splitMembers(json).flatMap((member) => cutText(member, bufferedAt, random));
  };
}

/** The text of an object's JSON at each top-level comma, which begins a piece. */
export function splitMembers(json: string): readonly string[] {
  const members: string[] = [];
  let [start, depth, isInString] = [0, 0, false];
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at];
    if (isInString && letter === '\\') at += 1;
    else if (letter === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
    else if (letter === ',' && depth === 1) {
      members.push(json.slice(start, at));
      start = at;
    }
  }
  members.push(json.slice(start));
  return members.filter((member) => member !== '');
}

function bufferedAt(at: number): PieceLetters {
  return at < LETTERS_OF_SHORT_PIECES ? buffered : eager;
}

function cutText(
  text: string,
  lengthAt: (at: number) => PieceLetters,
  random: DeterministicRandom,
): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = lengthAt(at);
    let end = Math.min(text.length, at + random.between(length.min, length.max));
    // Halves of a surrogate pair cannot be sent apart: JSON in UTF-8 has no room for them.
    if (isHighSurrogate(text.charCodeAt(end - 1)) && end < text.length) end += 1;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
