/** What was said in one exchange, as the caller said it and got it, for whoever looks into it later. */
export interface ExchangeContent {
  readonly requestId: string;
  /** When the request came in, by the wall clock. */
  readonly atMs: number;
  readonly request: SaidContent;
  readonly response: SaidContent & {
    /** When bytes went out, in milliseconds since the request came in, and how many of them. */
    readonly chunks: readonly SaidChunk[];
    readonly isStream: boolean;
  };
}

/** One side of it. */
export interface SaidContent {
  /** By a list of names; credentials are in none. By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** All there was of it; `body` may be only its beginning. */
  readonly bytes: number;
  readonly body: Uint8Array;
}

export type SaidChunk = readonly [atMs: number, bytes: number];

/** Where the walk hands in what was said. It takes it without waiting: what does not fit is dropped and counted. */
export interface ContentIntake {
  /** Most bytes of one exchange that are kept, request and response each. */
  readonly bytesMax: number;
  /** Whether so many bytes more may be held; they then count as held. */
  hold(bytes: number): boolean;
  /** Gives back bytes that were held and are not recorded. */
  release(bytes: number): void;
  /** The bytes of its bodies have to be held; they are given back once it is on disk. */
  record(content: ExchangeContent): void;
  /** An exchange was to be kept and is not. */
  drop(): void;
  /** How many those are. */
  readonly dropped: number;
}

/** What was said, for who reads it again. */
export interface ContentReads {
  /** Undefined where nothing is kept of the request; `broken` where it cannot be read any more. */
  find(requestId: string): Promise<KeptContent | 'broken' | undefined>;
}

/** With when it goes. */
export interface KeptContent extends ExchangeContent {
  readonly removedAtMs: number;
}
