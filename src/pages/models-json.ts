/** What `/models/models.json` says: types and no imports, so that browser code can use them. */

/** A model in one form, for programs. */
export interface ListedForm {
  readonly form: 'workers-ai' | 'messages' | 'chat-completions';
  readonly label: string;
  /** What the model is called by. */
  readonly model: string;
  readonly page: string;
  readonly input_schema: string;
  readonly output_schema: string;
  /** `{account}` in it is whatever the caller writes there. */
  readonly request_path: string;
}

/** What a model costs now, in USD for a million tokens or searches. */
export interface ListedPrice {
  readonly above_input_tokens: number;
  readonly usd_per_million: Readonly<Partial<Record<string, number>>>;
}

/** A model as `/models/models.json` lists it: for the playground, and for programs of others. */
export interface ListedModel {
  readonly id: string;
  readonly name: string;
  readonly author: { readonly id: string; readonly name: string };
  readonly task: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly forms: readonly ListedForm[];
  /** In tokens. */
  readonly context_length: number;
  readonly max_output_tokens: number;
  readonly features: readonly string[];
  /** Whether it takes `temperature`, `top_p` and `top_k`. */
  readonly takes_samplers: boolean;
  readonly effort_levels: readonly string[];
  readonly thinking: { readonly enabled: boolean; readonly adaptive: boolean };
  /** By the length of the prompt; empty where the price is not known. */
  readonly prices: readonly ListedPrice[];
  /** RFC 3339; null where nobody knows. */
  readonly prices_since: string | null;
  /** All other names that it answers to. */
  readonly aliases: readonly string[];
  readonly released_at: string;
  /** When its author stopped to serve it; null while it is served. */
  readonly retired_at: string | null;
}

/** The whole file. */
export interface ModelsJson {
  readonly models: readonly ListedModel[];
}
