import type { EngineQuirks } from '../../config/engine-quirks.ts';
import type { Refusal } from '../../messages/errors.ts';
import type { MessagesRequest } from '../../messages/request.ts';
import { lastTurnOf } from '../../messages/request.ts';
import { encodeMessages } from './encode-messages.ts';
import { encodeOutput, encodeSampling } from './encode-settings.ts';
import { encodeTools } from './encode-tools.ts';
import type { EngineRequest } from './engine-request.ts';
import { droppedFields } from './dropped-fields.ts';
import { refuseUncarried } from './refuse-uncarried.ts';

export interface EncodedRequest {
  readonly kind: 'encoded';
  readonly body: EngineRequest;
  /** Fields of the request that the engine is not told, in the Messages form's spelling. */
  readonly dropped: readonly string[];
}

/** A request of the canonical form in that of an engine; the model is the engine's name for it. */
export function encodeRequest(
  request: MessagesRequest,
  quirks: EngineQuirks,
  model: string,
): EncodedRequest | Refusal {
  const uncarried = refuseUncarried(request, quirks);
  if (uncarried !== undefined) return uncarried;
  const isStream = request.stream === true;
  const body = {
    model,
    ...(quirks.request_as === 'native'
      ? nativeConversation(request)
      : { messages: encodeMessages(request, quirks), ...encodeTools(request, quirks) }),
    ...encodeSampling(request, quirks),
    ...encodeOutput(request, quirks),
    ...(isStream ? { stream: true } : {}),
    ...(isStream && quirks.takes_stream_options ? { stream_options: { include_usage: true } } : {}),
    ...continuation(request, quirks),
    ...(quirks.takes_cache_control && isSet(request.cache_control)
      ? { cache_control: request.cache_control }
      : {}),
  };
  return {
    kind: 'encoded',
    body: body as unknown as EngineRequest,
    dropped: droppedFields(request, quirks),
  };
}

/** What an engine takes in the spelling of the Messages form goes as it stands. */
function nativeConversation({
  system,
  messages,
  tools,
  tool_choice,
}: MessagesRequest): Partial<MessagesRequest> {
  return {
    ...(system === undefined ? {} : { system }),
    messages,
    ...(tools === undefined || tools.length === 0 ? {} : { tools }),
    ...(tool_choice === undefined ? {} : { tool_choice }),
  };
}

/** The last message is the beginning of the answer: some engines have to be told so. */
function continuation(
  { messages }: MessagesRequest,
  { prefill }: EngineQuirks,
): Partial<EngineRequest> {
  return prefill === 'continued' && lastTurnOf(messages)?.role === 'assistant'
    ? { continue_final_message: true, add_generation_prompt: false }
    : {};
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
