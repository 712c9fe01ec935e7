/** One way in which gateways failed their users, and what holds that here. */
export interface KnownFailure {
  readonly id: string;
  /** Where it was reported. */
  readonly source: string;
  /** What has to be true instead. */
  readonly lesson: string;
  readonly held: HeldBy;
}

/** A test by words of its name, or the part of the code by which it cannot occur. */
export type HeldBy =
  | { readonly kind: 'test'; readonly file: string; readonly name: string }
  | { readonly kind: 'construction'; readonly file: string; readonly why: string }
  /** Not about what passes through the gateway. */
  | { readonly kind: 'open'; readonly why: string };

/** A row of a list of them. */
export type FailureRow = readonly [id: string, source: string, lesson: string, held: HeldBy];

/** Held by a test of this file whose name has these words. */
export const byTest = (file: string, name: string): HeldBy => ({ kind: 'test', file, name });
