import { unreachable } from '../../std/assert.ts';
import type { ResponseBlock } from '../../messages/content-blocks.ts';
import type { Message, WireUsage } from '../../messages/response.ts';
import type { ClippedAnswer } from './clip-answer.ts';
import type { PlannedBlock } from './plan-answer.ts';
import { newId } from './plan-answer.ts';
import type { AcceptedRequest } from '../rules/read-request.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import { signThinking } from '../thinking/sign-thinking.ts';

/** What a message is built with. */
export interface MessageMaking {
  readonly random: DeterministicRandom;
  readonly signingKey: Uint8Array;
}

/** The message that an answer is on the wire; key order is the wire's (API reference §3.3). */
export function buildMessage(
  accepted: AcceptedRequest,
  answer: ClippedAnswer,
  making: MessageMaking,
): Message {
  const { id: model } = accepted.facts;
  const isOmitted = thinkingIsOmitted(accepted);
  return {
    model,
    id: newId('msg', making.random),
    type: 'message',
    role: 'assistant',
    content: answer.blocks.map((block) => wireBlock(block, { model, isOmitted, making })),
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    stop_details: null,
    usage: usageOf(accepted, answer),
  };
}

interface Writing {
  readonly model: string;
  readonly isOmitted: boolean;
  readonly making: MessageMaking;
}

function wireBlock(block: PlannedBlock, writing: Writing): ResponseBlock {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'thinking': {
      const { model, making } = writing;
      const thinking = writing.isOmitted ? '' : block.text;
      const nonce = making.random.bytes(16);
      const signature = signThinking(making.signingKey, { model, thinking }, nonce);
      return { type: 'thinking', thinking, signature };
    }
    case 'call':
    case 'result':
      return block.block;
    default:
      return unreachable(block);
  }
}

function thinkingIsOmitted({ request }: AcceptedRequest): boolean {
  const { thinking } = request;
  return thinking !== undefined && thinking.type !== 'disabled' && thinking.display === 'omitted';
}

function usageOf(accepted: AcceptedRequest, answer: ClippedAnswer): WireUsage {
  return {
    input_tokens: accepted.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: answer.outputTokens,
    output_tokens_details: { thinking_tokens: answer.thinkingTokens },
    ...(offersWebTools(accepted)
      ? { server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 } }
      : {}),
    service_tier: 'standard',
    inference_geo: inferenceGeo(accepted),
  };
}

function offersWebTools({ request }: AcceptedRequest): boolean {
  return (request.tools ?? []).some((tool) => /^web_(search|fetch)_/.test(tool.type ?? ''));
}

function inferenceGeo({ facts, request }: AcceptedRequest): string {
  return facts.reportsInferenceGeo ? (request.inference_geo ?? 'global') : 'not_available';
}
