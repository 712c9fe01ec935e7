import { unreachable } from '../../std/assert.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import type { PatternNode } from './parse-pattern.ts';

const LENGTH_MAX = 2000;
/** A repetition of nothing makes no text and would still go on for ever. */
const STEPS_MAX = 20_000;
const PRINTABLE_LOW = 0x20;
const PRINTABLE_HIGH = 0x7e;
/** Where a set leaves the choice, plain letters and digits come before signs. */
const preferredLetters = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export interface SampleOptions {
  readonly random: DeterministicRandom;
  /** How often beyond its minimum a part may be repeated. */
  readonly extraRepeats: number;
}

/** A text made after the pattern; anchors inside it are the caller's to check. */
export function samplePattern(pattern: PatternNode, options: SampleOptions): string {
  const sample: Sample = { letters: [], steps: 0 };
  append(pattern, options, sample);
  return sample.letters.join('');
}

interface Sample {
  readonly letters: string[];
  steps: number;
}

function isFull({ letters, steps }: Sample): boolean {
  return letters.length > LENGTH_MAX || steps > STEPS_MAX;
}

function append(node: PatternNode, options: SampleOptions, sample: Sample): void {
  sample.steps += 1;
  if (isFull(sample)) return;
  switch (node.kind) {
    case 'start':
    case 'end':
      return;
    case 'set':
      sample.letters.push(letterOf(node, options.random));
      return;
    case 'sequence':
      for (const item of node.items) append(item, options, sample);
      return;
    case 'choice': {
      const option = options.random.pick(node.options);
      if (option !== undefined) append(option, options, sample);
      return;
    }
    case 'repeat': {
      const count = Math.min(node.max, node.min + options.extraRepeats);
      for (let done = 0; done < count && !isFull(sample); done += 1) {
        append(node.item, options, sample);
      }
      return;
    }
    default:
      unreachable(node);
  }
}

function letterOf(set: Extract<PatternNode, { kind: 'set' }>, random: DeterministicRandom): string {
  if (!set.negated) {
    const [low, high] = random.pick(set.ranges) ?? [PRINTABLE_LOW, PRINTABLE_LOW];
    const top = low <= PRINTABLE_HIGH ? Math.min(high, PRINTABLE_HIGH) : high;
    return String.fromCharCode(random.between(low, Math.max(low, top)));
  }
  const start = random.below(preferredLetters.length);
  const rotated = preferredLetters.slice(start) + preferredLetters.slice(0, start);
  for (const letter of rotated) {
    if (!isListed(set, letter.charCodeAt(0))) return letter;
  }
  for (let code = PRINTABLE_LOW; code <= PRINTABLE_HIGH; code += 1) {
    if (!isListed(set, code)) return String.fromCharCode(code);
  }
  return ' ';
}

function isListed(set: Extract<PatternNode, { kind: 'set' }>, code: number): boolean {
  return set.ranges.some(([low, high]) => code >= low && code <= high);
}
