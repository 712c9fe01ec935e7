import type { PageSection } from './model-page.ts';

/** Where the reference is. */
export const REFERENCE_FOLDER = '/models/reference/';
/** The description that it is made of. */
export const OPENAPI_PATH = '/models/openapi.json';

/** One page of the reference: all that it says, before it is HTML or Markdown. */
export interface ReferencePage {
  /** From `/models/reference/` to the closing slash. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly PageSection[];
}
