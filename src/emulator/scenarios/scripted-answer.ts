import type { ScenarioBlock, ScenarioPace, ScenarioResponse } from '../../config/scenario.ts';
import type { Message, StopReason, WireUsage } from '../../messages/response.ts';
import type { PlannedBlock } from '../answer/planned-block.ts';
import { newId } from '../answer/planned-block.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import type { Pace } from '../time-events.ts';

/** What a redacted block holds where a script does not say. */
const REDACTED_REASONING =
  'This is emulated thinking of which nothing is shown; no model was asked.';

/** The blocks of a scripted answer, before any limit was applied to them. */
export function planScripted(
  content: NonNullable<ScenarioResponse['content']>,
  random: DeterministicRandom,
): readonly PlannedBlock[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  // A result without an id is that of the call before it.
  let callId = '';
  return content.map((block) => {
    const planned = plannedBlock(block, callId, random);
    if ('block' in planned && 'id' in planned.block) callId = planned.block.id;
    return planned;
  });
}

function plannedBlock(
  block: ScenarioBlock,
  callId: string,
  random: DeterministicRandom,
): PlannedBlock {
  switch (block.type) {
    case 'text': {
      const { text, citations = [] } = block;
      if (citations.length === 0) return { kind: 'text', text };
      const cited = citations.map((citation) => ({ type: 'char_location', ...citation }));
      return { kind: 'text', text, citations: cited };
    }
    case 'thinking':
      return { kind: 'thinking', text: block.thinking };
    case 'tool_use': {
      const { type, name, input, id = newId('toolu', random) } = block;
      return { kind: 'call', block: { type, id, name, input, caller: { type: 'direct' } } };
    }
    case 'server_tool_use': {
      const { type, name, input, id = newId('srvtoolu', random) } = block;
      return { kind: 'call', block: { type, id, name, input } };
    }
    case 'mcp_tool_use': {
      const { type, name, server_name, input, id = newId('mcptoolu', random) } = block;
      return { kind: 'result', block: { type, id, name, server_name, input } };
    }
    case 'mcp_tool_result': {
      const { type, content, tool_use_id = callId, is_error = false } = block;
      return { kind: 'result', block: { type, tool_use_id, is_error, content } };
    }
    case 'redacted_thinking': {
      const { type, data } = block;
      return data === undefined
        ? { kind: 'redacted', reasoning: REDACTED_REASONING }
        : { kind: 'result', block: { type, data } };
    }
    case 'container_upload':
    case 'compaction':
      return { kind: 'result', block };
    default: {
      const { type, content, tool_use_id = callId } = block;
      return { kind: 'result', block: { type, tool_use_id, content } };
    }
  }
}

/** Reasons that a limit gave; a script does not undo those. */
const limitReasons: ReadonlySet<StopReason | null> = new Set<StopReason>([
  'max_tokens',
  'stop_sequence',
  'model_context_window_exceeded',
]);

/** A message with what a scenario orders in place of what was made. */
export function overrideMessage(message: Message, respond: ScenarioResponse): Message {
  const { stop_reason, stop_sequence, stop_details, model, usage } = respond;
  const isLimited = limitReasons.has(message.stop_reason);
  return {
    ...message,
    ...(model === undefined ? {} : { model }),
    ...(isLimited || stop_reason === undefined ? {} : { stop_reason }),
    ...(isLimited || stop_sequence === undefined ? {} : { stop_sequence }),
    ...(isLimited ? {} : stopDetails(stop_reason, stop_details)),
    ...(usage === undefined
      ? {}
      : { usage: { ...message.usage, ...(usage as Partial<WireUsage>) } }),
  };
}

/** A refusal has details, always (API reference §3.3). */
function stopDetails(
  reason: StopReason | undefined,
  details: ScenarioResponse['stop_details'],
): Pick<Message, 'stop_details'> {
  if (details !== undefined) return { stop_details: details };
  if (reason !== 'refusal') return {};
  return { stop_details: { type: 'refusal', category: null, explanation: null } };
}

/** The emulator's own pace with what a scenario says of it. */
export function overridePace(pace: Pace, script: ScenarioPace = {}): Pace {
  return {
    firstTokenMs: script.first_token_ms ?? pace.firstTokenMs,
    tokensPerSecond: script.tokens_per_second ?? pace.tokensPerSecond,
    jitterPercent: script.jitter_percent ?? pace.jitterPercent ?? 0,
    pingEveryMs: script.ping_every_ms ?? pace.pingEveryMs,
  };
}
