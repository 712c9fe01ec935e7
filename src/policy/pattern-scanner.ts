import type { Cancellation } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import { LinearPattern } from '../std/linear-pattern.ts';
import { wait } from '../std/wait.ts';
import type { HazardCategory } from './content-rules.ts';
import type { ContentScanner, ScanFindings, ScanQuestion } from './content-scanner.ts';
import type { DetectorName, TextDetector } from './text-detectors.ts';
import { detectorOf } from './text-detectors.ts';

/** What an entry of a profile looks like: as something known here, or as a pattern says it. */
export type EntryRule = { readonly detector: DetectorName } | { readonly pattern: string };

export interface PatternScannerOptions {
  /** A text is of a category where one of its patterns occurs in it. */
  readonly categories: Readonly<Partial<Record<HazardCategory, readonly string[]>>>;
  /** The entries of each profile, by their ids. */
  readonly profiles: Readonly<Record<string, Readonly<Record<string, EntryRule>>>>;
  readonly clock: Clock;
}

/**
 * So many units of a text are looked through at a time, and so many before others get their turn, or
 * fewer where they take long: what a unit takes is as much as the pattern is large.
 */
const PIECE_UNITS = 256;
const TURN_UNITS = 128 * 1024;
const TURN_MS = 5;

/** Finds what the owner of the gateway describes by patterns. The time is linear in the texts. */
export class PatternScanner implements ContentScanner {
  readonly categories: ReadonlySet<HazardCategory>;
  readonly profiles: ReadonlySet<string>;
  readonly #hazards: ReadonlyMap<HazardCategory, TextDetector>;
  readonly #entries: ReadonlyMap<string, ReadonlyMap<string, TextDetector>>;
  readonly #clock: Clock;

  constructor({ categories, profiles, clock }: PatternScannerOptions) {
    const described = Object.entries(categories) as readonly [HazardCategory, readonly string[]][];
    this.#hazards = new Map(
      described.map(([category, patterns]) => [category, new LinearPattern(patterns)]),
    );
    this.#entries = new Map(
      Object.entries(profiles).map(([id, entries]) => [id, detectorsOf(entries)]),
    );
    this.categories = new Set(this.#hazards.keys());
    this.profiles = new Set(this.#entries.keys());
    this.#clock = clock;
  }

  async scan(
    texts: readonly string[],
    question: ScanQuestion,
    cancellation: Cancellation,
  ): Promise<ScanFindings> {
    const look = new Look(texts, this.#clock, cancellation);
    const categories = new Set<HazardCategory>();
    for (const category of question.categories) {
      const detector = this.#hazards.get(category);
      if (detector !== undefined && (await look.finds(detector))) categories.add(category);
    }
    const profiles = new Map<string, readonly string[]>();
    for (const profile of question.profiles) {
      const found: string[] = [];
      for (const [entry, detector] of this.#entries.get(profile) ?? []) {
        if (await look.finds(detector)) found.push(entry);
      }
      if (found.length > 0) profiles.set(profile, found);
    }
    return { categories, profiles };
  }
}

function detectorsOf(
  entries: Readonly<Record<string, EntryRule>>,
): ReadonlyMap<string, TextDetector> {
  return new Map(
    Object.entries(entries).map(([id, rule]) => [
      id,
      'detector' in rule ? detectorOf(rule.detector) : new LinearPattern([rule.pattern]),
    ]),
  );
}

/** A look at some texts, which lets others have their turn from time to time. */
class Look {
  readonly #texts: readonly string[];
  readonly #clock: Clock;
  readonly #cancellation: Cancellation;
  #unitsOfTurn = 0;
  #turnBeganMs: number;

  constructor(texts: readonly string[], clock: Clock, cancellation: Cancellation) {
    this.#texts = texts;
    this.#clock = clock;
    this.#cancellation = cancellation;
    this.#turnBeganMs = clock.monotonicMs();
  }

  async finds(detector: TextDetector): Promise<boolean> {
    for (const text of this.#texts) {
      const search = detector.searchIn(text);
      // An empty text has one piece too: a pattern may be about just that.
      for (let from = 0; from === 0 || from < text.length; from += PIECE_UNITS) {
        if (this.#cancellation.cancelled) return false;
        const to = Math.min(from + PIECE_UNITS, text.length);
        if (search(from, to)) return true;
        if (this.#isTurnOver(to - from)) await this.#letOthers();
      }
    }
    return false;
  }

  #isTurnOver(units: number): boolean {
    this.#unitsOfTurn += units;
    const tookMs = this.#clock.monotonicMs() - this.#turnBeganMs;
    return this.#unitsOfTurn >= TURN_UNITS || tookMs >= TURN_MS;
  }

  async #letOthers(): Promise<void> {
    await wait(this.#clock, 0);
    this.#unitsOfTurn = 0;
    this.#turnBeganMs = this.#clock.monotonicMs();
  }
}
