import type { Clock } from '../std/clock.ts';
import { unitOfText } from '../std/unit-of-text.ts';

/** A conversation of a plan, and the target that it would go to by itself. */
export interface PlannedConversation {
  readonly key: string;
  readonly homeKey: string;
}

/** The longest that a prompt stays in a cache. */
const REMEMBERED_MS = 3_600_000;
/** Each conversation belongs to one set, by its key: only so many places are looked at. */
const SETS = 1024;
const PLACES_OF_SET = 16;
const PLACES = SETS * PLACES_OF_SET;
const MARKS = 2 ** 32;

/**
 * Where conversations were last served that had to leave the target they belong to: their prompt is
 * cached there now. Lessons C.4: affinity that hears nothing of this goes back to a cold target. Who
 * is at home is not remembered; where a set is full, the one of it that was served least recently is
 * forgotten. Upstreams that fail, or have more than their part to do, make guests all the time: so each
 * is a few bytes in a table whose places are there from the beginning, and which does not grow.
 */
export class ServedConversations {
  readonly #clock: Clock;
  /** What a conversation is told apart by from others of its set: two alike are one in billions. */
  readonly #marks = new Uint32Array(PLACES);
  /** A place is free from then on. */
  readonly #untilMs = new Float64Array(PLACES);
  readonly #healthKeys: string[] = Array.from({ length: PLACES }, () => '');

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An answer began there. */
  served({ key, homeKey }: PlannedConversation, healthKey: string): void {
    const { first, mark } = seatOf(key);
    const known = this.#find(first, mark);
    if (healthKey === homeKey) {
      if (known !== undefined) this.#untilMs[known] = 0;
      return;
    }
    const place = known ?? this.#leastRecent(first);
    this.#marks[place] = mark;
    this.#untilMs[place] = this.#clock.monotonicMs() + REMEMBERED_MS;
    this.#healthKeys[place] = healthKey;
  }

  /** Where it is a guest; undefined where it is at home, or nobody knows any more. */
  find(key: string): string | undefined {
    const { first, mark } = seatOf(key);
    const place = this.#find(first, mark);
    return place === undefined ? undefined : this.#healthKeys[place];
  }

  #find(first: number, mark: number): number | undefined {
    const nowMs = this.#clock.monotonicMs();
    for (let place = first; place < first + PLACES_OF_SET; place += 1) {
      if (this.#marks[place] === mark && (this.#untilMs[place] ?? 0) > nowMs) return place;
    }
    return undefined;
  }

  /** The place of a set that is free for longest, or will be first. */
  #leastRecent(first: number): number {
    let least = first;
    for (let place = first + 1; place < first + PLACES_OF_SET; place += 1) {
      if ((this.#untilMs[place] ?? 0) < (this.#untilMs[least] ?? 0)) least = place;
    }
    return least;
  }
}

/** The first place of a conversation's set, and its mark there: other bits of one number. */
function seatOf(key: string): { readonly first: number; readonly mark: number } {
  const bits = unitOfText(key) * SETS;
  const set = Math.floor(bits);
  return { first: set * PLACES_OF_SET, mark: Math.floor((bits - set) * MARKS) };
}
