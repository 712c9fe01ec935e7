/** A session as it is kept: without its id, which the browser alone has. */
export interface SessionRecord {
  /** SHA-256 of the id, in hex. */
  readonly digest: string;
  readonly operator: string;
  readonly createdAtMs: number;
  /** When it was used last, to the minute. */
  readonly seenAtMs: number;
  /** When the operator said their password last. */
  readonly confirmedAtMs: number;
  /** When it is over whatever happens. */
  readonly endsAtMs: number;
}

/** What is over: whose time is up, and what has not been used since a moment. */
export interface SessionsOver {
  readonly atMs: number;
  readonly unseenSinceMs: number;
}

/** Where sessions live. Writes resolve once they are durable. */
export interface SessionStore {
  find(digest: string): SessionRecord | undefined;
  ofOperator(operator: string): readonly SessionRecord[];
  /** Forgets with it what is over, and the oldest of an operator who has too many. */
  insert(record: SessionRecord, over: SessionsOver): Promise<void>;
  /** Notes that it was used. */
  touch(digest: string, atMs: number): Promise<void>;
  /** Notes that the password was said again. */
  confirm(digest: string, atMs: number): Promise<boolean>;
  remove(digest: string): Promise<boolean>;
}

/** Most sessions of one operator at once. */
export const SESSIONS_OF_OPERATOR_MAX = 16;
