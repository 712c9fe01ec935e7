import type { TextSearch } from '../std/linear-pattern.ts';

/** How the digits of cards stand together, as they are printed; each of at most 23 letters. */
const groupings: readonly (readonly number[])[] = [
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 4, 4, 4, 3],
];
const DIGITS_MIN = 13;
const DIGITS_MAX = 19;

/** Looks for numbers of payment cards: in one piece or in the usual groups, with the right check digit. */
export function findCreditCard(text: string): TextSearch {
  let isFound = false;
  return (from, to) => {
    for (let at = from; at < to && !isFound; at++) {
      // A number begins where its first group does.
      isFound = isDigit(text, at) && !isDigit(text, at - 1) && isCardAt(text, at);
    }
    return isFound;
  };
}

function isCardAt(text: string, at: number): boolean {
  const first = text.charCodeAt(at) - ZERO;
  // No card begins with another digit.
  if (first < 2 || first > 6) return false;
  const length = digitsFrom(text, at);
  if (length >= DIGITS_MIN)
    return length <= DIGITS_MAX && hasCheckDigit(text.slice(at, at + length));
  return groupings.some((groups) => {
    const digits = groupedDigits(text, at, groups);
    return digits !== undefined && hasCheckDigit(digits);
  });
}

/** The digits of groups with one separator between them; undefined where they do not stand there. */
function groupedDigits(text: string, at: number, groups: readonly number[]): string | undefined {
  const separator = text[at + (groups[0] ?? 0)];
  if (separator !== ' ' && separator !== '-') return undefined;
  const parts: string[] = [];
  let place = at;
  for (const [index, length] of groups.entries()) {
    if (index > 0 && text[place - 1] !== separator) return undefined;
    if (digitsFrom(text, place) !== length) return undefined;
    parts.push(text.slice(place, place + length));
    place += length + 1;
  }
  return parts.join('');
}

/** How many digits stand there, counted to one more than any card has. */
function digitsFrom(text: string, at: number): number {
  let length = 0;
  while (length <= DIGITS_MAX && isDigit(text, at + length)) length += 1;
  return length;
}

/** ISO/IEC 7812-1, annex B. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - ZERO;
    const weighed = index % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

const ZERO = 48;

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= ZERO && unit <= ZERO + 9;
}
