import { unreachable } from '../../std/assert.ts';
import type { PatternNode } from './parse-pattern.ts';

/** A hostile pattern costs this much and no more; a text longer than this is not looked at. */
const STEPS_MAX = 20_000;
const TEXT_LENGTH_MAX = 300;
/** Each step is a few frames of the stack, which must not run out. */
const DEPTH_MAX = 1000;

type Continue = (at: number) => boolean;

/**
 * Whether the pattern is found in the text; undefined where it would take too long to tell. Who
 * tries many patterns is told what each cost.
 */
export function matchPattern(
  pattern: PatternNode,
  text: string,
  onCost?: (steps: number) => void,
): boolean | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  const matcher = new Matcher(text);
  const found = search(matcher, pattern, text.length);
  onCost?.(matcher.steps);
  return found;
}

function search(matcher: Matcher, pattern: PatternNode, length: number): boolean | undefined {
  for (let from = 0; from <= length; from += 1) {
    if (matcher.matches(pattern, from, () => true)) return true;
    if (matcher.steps > STEPS_MAX) return undefined;
  }
  return false;
}

class Matcher {
  steps = 0;
  #depth = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  matches(node: PatternNode, at: number, then: Continue): boolean {
    this.steps += this.#depth < DEPTH_MAX ? 1 : STEPS_MAX;
    if (this.steps > STEPS_MAX) return false;
    this.#depth += 1;
    const found = this.#step(node, at, then);
    this.#depth -= 1;
    return found;
  }

  #step(node: PatternNode, at: number, then: Continue): boolean {
    switch (node.kind) {
      case 'start':
        return at === 0 && then(at);
      case 'end':
        return at === this.#text.length && then(at);
      case 'set':
        return at < this.#text.length && holds(node, this.#text.charCodeAt(at)) && then(at + 1);
      case 'sequence':
        return this.#sequence(node.items, at, then);
      case 'choice':
        return node.options.some((option) => this.matches(option, at, then));
      case 'repeat':
        return this.#repeat({ node, done: 0 }, at, then);
      default:
        return unreachable(node);
    }
  }

  #sequence(items: readonly PatternNode[], at: number, then: Continue): boolean {
    const step = (index: number, from: number): boolean => {
      const item = items[index];
      if (item === undefined) return then(from);
      return this.matches(item, from, (next) => step(index + 1, next));
    };
    return step(0, at);
  }

  #repeat(progress: Progress, at: number, then: Continue): boolean {
    this.steps += 1;
    if (this.steps > STEPS_MAX) return false;
    const { node, done } = progress;
    if (done < node.max) {
      const again = this.matches(node.item, at, (next) => {
        // An item that took nothing would go round for ever.
        if (next === at && done >= node.min) return false;
        return this.#repeat({ node, done: done + 1 }, next, then);
      });
      if (again) return true;
    }
    return done >= node.min && then(at);
  }
}

interface Progress {
  readonly node: Extract<PatternNode, { kind: 'repeat' }>;
  readonly done: number;
}

/** Whether a code unit belongs to a set. */
function holds(set: Extract<PatternNode, { kind: 'set' }>, code: number): boolean {
  const isListed = set.ranges.some(([low, high]) => code >= low && code <= high);
  return isListed !== set.negated;
}
