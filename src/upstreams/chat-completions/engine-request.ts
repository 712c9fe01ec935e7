import type { ChatRequest } from '../../chat-form/chat-request.ts';
import type { OutputConfig } from '../../messages/request.ts';

/** The form with the extensions of engines beside it: each is sent where a quirk says so. */
export interface EngineRequest extends ChatRequest {
  /** Gateways that know the Messages form take this as it is. */
  readonly output_config?: OutputConfig;
  /** What the template of an open model is given. */
  readonly chat_template_kwargs?: { readonly enable_thinking: boolean };
  /** The last message is the beginning of the answer. */
  readonly continue_final_message?: boolean;
  readonly add_generation_prompt?: boolean;
}
