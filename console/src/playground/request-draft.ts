import type { JsonObject } from '../format/json-value.ts';
import type { Turn } from './part.ts';

/** What is to be asked, before it has the shape of a form. */
export interface RequestDraft {
  /** By its name in the form. */
  readonly model: string;
  readonly system: string;
  readonly turns: readonly Turn[];
  /** Definitions as the Messages form has them, or as functions. */
  readonly tools: readonly JsonObject[];
  readonly isStreamed: boolean;
  /** All else that the form takes, by its own names. */
  readonly parameters: JsonObject;
}
