/** Somebody who signs in to the console. */
export interface OperatorRecord {
  readonly name: string;
  /** Digest, salt and cost in one text; see `operator-password.ts`. */
  readonly passwordDigest: string;
  readonly createdAtMs: number;
  /** Who made them, as the audit log says it. */
  readonly createdBy: string;
  readonly passwordChangedAtMs: number;
  readonly lastSignInAtMs?: number;
}

/** What becomes of an operator's password. */
export interface PasswordChange {
  readonly passwordDigest: string;
  readonly atMs: number;
  /** The one session of theirs that goes on, by its digest; all end where absent. */
  readonly keptSession?: string;
}

/** Where operators live. Writes resolve once they are durable, with whether they changed something. */
export interface OperatorStore {
  /** Whether there is one: until then the one-time token makes the first. */
  hasAny(): boolean;
  find(name: string): OperatorRecord | undefined;
  /** By name. */
  list(): readonly OperatorRecord[];
  /** Where there is no operator at all. */
  insertFirst(record: OperatorRecord): Promise<boolean>;
  /** Where there is none of that name, and not too many. */
  insert(record: OperatorRecord): Promise<boolean>;
  /** Ends the sessions of before with it, in one step. */
  setPassword(name: string, change: PasswordChange): Promise<boolean>;
  /** Never the last one; ends their sessions with it, in one step. */
  remove(name: string): Promise<boolean>;
  noteSignIn(name: string, atMs: number): Promise<void>;
}

/** Most operators of one gateway. */
export const OPERATORS_MAX = 100;
