/** What a page of one entry loads, as URLs below `/assets/`. */
export interface WebEntry {
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}

/** A built browser file, as it is sent. */
export interface WebAsset {
  /** Its media type, with a charset where that matters. */
  readonly type: string;
  readonly bytes: Uint8Array;
  /** The same in brotli; absent where that is no smaller. */
  readonly brotli: Uint8Array | undefined;
}

/** The pages that have browser files of their own. */
export type WebEntryName = 'console' | 'playground' | 'catalog';

/** Browser files that the build made: a map from URL to file, so that no path reaches the disk. */
export interface WebAssets {
  /** Empty where nothing was built. */
  entry(name: WebEntryName): WebEntry;
  /** The file at a path such as `/assets/console-1a2b.js`; undefined where there is none. */
  find(path: string): WebAsset | undefined;
}

/** Where nothing was built: pages are plain, and whole all the same. */
export const noWebAssets: WebAssets = {
  entry: () => ({ scripts: [], styles: [] }),
  find: () => undefined,
};
