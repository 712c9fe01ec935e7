import { compileStates } from './pattern-states.ts';
import type { PatternStates } from './pattern-states.ts';
import { parsePattern } from './parse-pattern.ts';
import { assert } from './assert.ts';

/** Looks through the units of one text from one place to another; calls follow on each other. */
export type TextSearch = (from: number, to: number) => boolean;

/** A state of the search: what may come next of what began before, and what the last unit was. */
interface SearchState {
  /** Places in the patterns, in rising order. */
  readonly places: readonly number[];
  readonly isAtStart: boolean;
  readonly isAfterWord: boolean;
  /** By class of the next unit, found as needed. The last one is for the end of the text. */
  readonly next: (SearchState | typeof FOUND | undefined)[];
}

const FOUND = Symbol('found');
/** States that are remembered, and places in them; beyond, all are forgotten and found as needed. */
const STATES_MAX = 2000;
const PLACES_MAX = 200_000;

/**
 * Finds out whether any of some patterns occurs in a text. The patterns run side by side as one
 * machine, one step a unit, so the time is linear in the text whatever the text is: nothing is ever
 * tried again. An engine that goes back would let a caller choose how long it takes.
 */
export class LinearPattern {
  readonly #states: PatternStates;
  readonly #start: SearchState;
  #known = new Map<string, SearchState>();
  #knownPlaces = 0;

  /** The sources have to be patterns, as `parsePattern` says it. */
  constructor(sources: readonly string[]) {
    const nodes = sources.map((source) => {
      const parsed = parsePattern(source);
      assert(parsed.kind === 'pattern', 'a pattern was read before it is looked for');
      return parsed.node;
    });
    this.#states = compileStates(nodes);
    this.#start = {
      places: this.#states.starts,
      isAtStart: true,
      isAfterWord: false,
      next: [],
    };
  }

  /** Whether it occurs in a text. */
  occursIn(text: string): boolean {
    return this.searchIn(text)(0, text.length);
  }

  /** Starts to look through a text, piece by piece. What was found in one piece is so in the next. */
  searchIn(text: string): TextSearch {
    let state: SearchState | typeof FOUND = this.#start;
    return (from, to) => {
      for (let at = from; at < to; at++) {
        if (state === FOUND) return true;
        state = this.#after(state, this.#states.classOf(text.charCodeAt(at)));
      }
      if (state !== FOUND && to === text.length) {
        state = this.#after(state, this.#states.classes.length);
      }
      return state === FOUND;
    };
  }

  #after(state: SearchState, unitClass: number): SearchState | typeof FOUND {
    const known = state.next[unitClass];
    if (known !== undefined) return known;
    const found = this.#step(state, unitClass);
    state.next[unitClass] = found;
    return found;
  }

  /** Goes through what takes no unit, then through what takes this one. */
  #step(state: SearchState, unitClass: number): SearchState | typeof FOUND {
    const { all, classes, starts } = this.#states;
    const isEnd = unitClass === classes.length;
    const isWord = classes[unitClass]?.isWord ?? false;
    const holds = {
      start: state.isAtStart,
      end: isEnd,
      'word-edge': state.isAfterWord !== isWord,
      'no-word-edge': state.isAfterWord === isWord,
    };
    const seen = new Set<number>(state.places);
    const reached = new Set<number>(starts);
    // A set goes on through what is added to it on the way.
    for (const place of seen) {
      const step = all[place];
      switch (step?.kind) {
        case 'found':
          return FOUND;
        case 'fork':
          for (const to of step.to) seen.add(to);
          break;
        case 'assertion':
          if (holds[step.wants]) seen.add(step.to);
          break;
        case 'units':
          if (!isEnd && step.classes[unitClass] === true) reached.add(step.to);
          break;
        case undefined:
          break;
      }
    }
    return this.#stateOf([...reached].toSorted(inOrder), isWord);
  }

  #stateOf(places: readonly number[], isAfterWord: boolean): SearchState {
    const key = `${isAfterWord ? 'w' : ''}${places.join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isFull = this.#known.size >= STATES_MAX || this.#knownPlaces > PLACES_MAX;
    if (isFull) this.#forget();
    this.#knownPlaces += places.length;
    const made: SearchState = { places, isAtStart: false, isAfterWord, next: [] };
    this.#known.set(key, made);
    return made;
  }

  /** Searches that are under way go on with the states that they hold. */
  #forget(): void {
    this.#known = new Map();
    this.#knownPlaces = 0;
    this.#start.next.length = 0;
  }
}

function inOrder(one: number, other: number): number {
  return one - other;
}
