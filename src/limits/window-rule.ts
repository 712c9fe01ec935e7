/** How requests are counted: in windows that are aligned to the clock, or over the time just past. */
export type WindowTechnique = 'fixed' | 'sliding';

/** How many requests pass in how long; Workers reference §3.6. */
export interface WindowRule {
  readonly limit: number;
  readonly intervalMs: number;
  readonly technique: WindowTechnique;
}

/** Leave for one request, which is counted; or none, and when it makes sense to ask again. */
export type Admission =
  | { readonly kind: 'permit' }
  | { readonly kind: 'excess'; readonly retryAfterMs: number };

/** Counts what one rule lets through. What it refuses is not counted. */
export interface RequestWindow {
  admit(): Admission;
  /** The same, and nothing is counted. */
  look(): Admission;
}

/** Leave, which has nothing more to say. */
export const permit: Admission = { kind: 'permit' };
