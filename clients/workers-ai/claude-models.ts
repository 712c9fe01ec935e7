// Generated from the catalog: `UPDATE=1 npm test -- --project house test/claude-models.test.ts`.
/* oxlint-disable typescript/no-explicit-any -- an interface fits an open object only where that takes any */

/** What a Claude model takes. */
export type ClaudeInputs = {
  messages: readonly {
    role: 'user' | 'assistant';
    content: string | readonly {
      type: string;
      text?: string;
      source?: unknown;
      [extra: string]: any;
    }[];
  }[];
  max_tokens: number;
  system?: string | readonly {
    [extra: string]: any;
  }[];
  temperature?: number;
  top_p?: number;
  top_k?: number;
  stream?: boolean;
  metadata?: {
    [extra: string]: any;
  };
  [extra: string]: any;
};

/** What a model takes that chooses its own sampling. */
export type UnsampledClaudeInputs = {
  messages: readonly {
    role: 'user' | 'assistant';
    content: string | readonly {
      type: string;
      text?: string;
      source?: unknown;
      [extra: string]: any;
    }[];
  }[];
  max_tokens: number;
  system?: string | readonly {
    [extra: string]: any;
  }[];
  stream?: boolean;
  metadata?: {
    [extra: string]: any;
  };
  [extra: string]: any;
};

/** What a Claude model gives in one piece. */
export type ClaudeMessage = {
  id: string;
  type: 'message';
  role: 'assistant';
  content: {
    type: string;
    text?: string;
    [extra: string]: unknown;
  }[];
  model: string;
  stop_reason: string | null;
  usage: {
    input_tokens: number;
    output_tokens: number;
  };
  [extra: string]: unknown;
};

type SampledModel = { inputs: ClaudeInputs; postProcessedOutputs: ClaudeMessage };
type UnsampledModel = { inputs: UnsampledClaudeInputs; postProcessedOutputs: ClaudeMessage };

/** Every model of the catalog by its name, with what it takes and what it gives. */
export type ClaudeModels = {
  'anthropic/claude-opus-5': UnsampledModel;
  'anthropic/claude-sonnet-5': UnsampledModel;
  'anthropic/claude-fable-5': UnsampledModel;
  'anthropic/claude-opus-4.8': UnsampledModel;
  'anthropic/claude-opus-4.7': UnsampledModel;
  'anthropic/claude-sonnet-4.6': SampledModel;
  'anthropic/claude-opus-4.6': SampledModel;
  'anthropic/claude-opus-4.5': SampledModel;
  'anthropic/claude-haiku-4.5': SampledModel;
  'anthropic/claude-sonnet-4.5': SampledModel;
  'anthropic/claude-opus-4.1': SampledModel;
  'anthropic/claude-opus-4': SampledModel;
  'anthropic/claude-sonnet-4': SampledModel;
};
