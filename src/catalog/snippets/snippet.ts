import type { JsonObject } from '../../std/json.ts';

/** The forms in which a model is called, by the names that pages use for them. */
export const snippetForms = ['messages', 'chat-completions', 'workers-ai'] as const;
export type SnippetForm = (typeof snippetForms)[number];

/** What a snippet is written with. */
export type SnippetClient =
  | 'curl'
  | 'anthropic-typescript'
  | 'anthropic-python'
  | 'openai-typescript'
  | 'openai-python'
  | 'workers-ai-binding'
  | 'workers-ai-typescript'
  | 'requests-python';

/** Code that makes one request, for a reader to copy and run as it is. */
export interface Snippet {
  readonly client: SnippetClient;
  /** What a tab says of it: `cURL`, `TypeScript (Anthropic SDK)`. */
  readonly label: string;
  /** What its fence in Markdown says: `sh`, `typescript`, `python`. */
  readonly language: 'sh' | 'typescript' | 'python';
  readonly code: string;
}

/** A request to write code for. It streams where its body says so. */
export interface SnippetRequest {
  readonly form: SnippetForm;
  /** The model's name in the form. */
  readonly model: string;
  /** In the form's own terms. A `model` in it does not count. */
  readonly body: JsonObject;
  /** What the caller adds to those that the form wants, by names in small letters. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SnippetOptions {
  /** Where the code asks unless `QUATRAIN_BASE_URL` says otherwise: scheme, host and port. */
  readonly baseUrl?: string;
}
