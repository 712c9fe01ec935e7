import type { Cancellation } from '../std/cancellation.ts';
import type { HazardCategory } from './content-rules.ts';

/** What is looked for in some texts. */
export interface ScanQuestion {
  readonly categories: readonly HazardCategory[];
  readonly profiles: readonly string[];
}

/** What was found in them. */
export interface ScanFindings {
  readonly categories: ReadonlySet<HazardCategory>;
  /** Profiles of which there was data, and the entries that it was of. */
  readonly profiles: ReadonlyMap<string, readonly string[]>;
}

/** Says what texts violate. Whether that matters is for the rules of a gateway to say. */
export interface ContentScanner {
  /** All that it can tell; asked for anything else, it finds nothing. */
  readonly categories: ReadonlySet<HazardCategory>;
  readonly profiles: ReadonlySet<string>;
  /** Looks no further once nobody waits for what it finds. */
  scan(
    texts: readonly string[],
    question: ScanQuestion,
    cancellation: Cancellation,
  ): Promise<ScanFindings>;
}
