/** Whether a model can do something. */
export interface Capability {
  readonly supported: boolean;
}

/** A model as `GET /v1/models` describes it; API reference §1.5. */
export interface ModelInfo {
  readonly type: 'model';
  readonly id: string;
  readonly display_name: string;
  /** RFC 3339, UTC. */
  readonly created_at: string;
  /** Size of the context window, in tokens. */
  readonly max_input_tokens: number;
  /** Most tokens one answer may have. */
  readonly max_tokens: number;
  readonly capabilities: {
    readonly batch: Capability;
    readonly citations: Capability;
    readonly code_execution: Capability;
    readonly context_management: Capability & Readonly<Record<ContextEdit, Capability>>;
    readonly effort: Capability & Readonly<Record<EffortLevel, Capability>>;
    readonly image_input: Capability;
    readonly pdf_input: Capability;
    readonly structured_outputs: Capability;
    readonly thinking: Capability & {
      readonly types: { readonly enabled: Capability; readonly adaptive: Capability };
    };
  };
}

type ContextEdit = 'clear_tool_uses_20250919' | 'clear_thinking_20251015' | 'compact_20260112';
type EffortLevel = 'low' | 'medium' | 'high' | 'xhigh' | 'max';
