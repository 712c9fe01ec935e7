export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** What a model does and how much of it. What a profile changes over time is all in here. */
export interface ModelTraits {
  /** Size of the context window, in tokens. */
  readonly contextTokens: number;
  /** The window with the beta `context-1m-2025-08-07`, where that widens it. */
  readonly longContextTokens?: number;
  /** Most tokens one answer may have. */
  readonly maxOutputTokens: number;
  /** Models of one class draw from the same rate limits. API reference §10. */
  readonly rateLimitClass: string;
  /** Whether a request whose prompt and `max_tokens` together pass the window is refused. */
  readonly reservesOutputInContext: boolean;
  /** A prefix shorter than this is not cached. API reference §6.2. */
  readonly cacheTokensMin: number;
  readonly thinking: {
    readonly enabled: boolean;
    readonly adaptive: boolean;
    /** Whether `{"type": "disabled"}` is taken. */
    readonly disabled: boolean;
    /** What a request without `thinking` gets. */
    readonly unset: 'off' | 'adaptive';
    /** What `display` is where it is not given. */
    readonly display: 'summarized' | 'omitted';
    /** Whether thinking of earlier turns stays in the prompt, and counts. API reference §7.4. */
    readonly keepsEarlierTurns: boolean;
    /** Whether adaptive thinking goes together with a forced tool. */
    readonly adaptiveWithForcedTool: boolean;
    /** What becomes of thinking that another model of the API signed. API reference §7.4. */
    readonly ofOtherModels: 'refused' | 'ignored';
  };
  /** Levels of `output_config.effort`; none where it is refused. */
  readonly effortLevels: readonly Effort[];
  /** Whether a conversation may end with the assistant's words, to be continued. */
  readonly acceptsPrefill: boolean;
  /** Whether `temperature` and `top_p` may be given together. */
  readonly acceptsBothSamplers: boolean;
  /** Whether `temperature`, `top_p` and `top_k` may differ from their defaults. */
  readonly acceptsSamplers: boolean;
  readonly acceptsOutputFormat: boolean;
  /** Whether `max_tokens: 0` fills the cache and answers nothing, instead of being refused. */
  readonly acceptsZeroMaxTokens: boolean;
  /** Whether `speed: fast` is there, with its beta. */
  readonly acceptsFastSpeed: boolean;
  /** Whether a request may name other models to answer what this one declines, with its beta. */
  readonly acceptsFallbacks: boolean;
  /** Whether messages of the role `system` may stand within a conversation. API reference §3. */
  readonly acceptsSystemTurns: boolean;
  readonly acceptsCodeExecution: boolean;
  readonly acceptsCompaction: boolean;
  /** Whether `usage.inference_geo` names a place, or says `not_available`. */
  readonly reportsInferenceGeo: boolean;
  /** How text becomes tokens, and what stands around a prompt. API reference §11. */
  readonly tokenizer: {
    /** Which pieces of text are one token: those from 4.7 on have a vocabulary of their own. */
    readonly vocabulary: 'generation-3' | 'generation-5';
    /** Whether the frame around a text ends in the mark that stands for a space before a word. */
    readonly opensWord: boolean;
    /** Tokens around a prompt of one message, its turn included. */
    readonly frameTokens: number;
    readonly turnTokens: number;
  };
  /** What turning thinking on adds to the prompt. */
  readonly thinkingPromptTokens: { readonly enabled: number; readonly adaptive: number };
  /** What offering any tool adds to the prompt. API reference §11. */
  readonly toolsPromptTokens: { readonly free: number; readonly forced: number };
  readonly images: {
    readonly perRequestMax: number;
    readonly bytesMax: number;
    /** How large a picture is seen. API reference §11, resize. */
    readonly longEdgePixelsMax: number;
    readonly patchesMax: number;
  };
  readonly pdfPagesMax: number;
  /** Whether a picture whose bytes are of another type than it says is refused. */
  readonly checksImageType: boolean;
}
