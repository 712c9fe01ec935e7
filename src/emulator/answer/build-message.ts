import { unreachable } from '../../std/assert.ts';
import type { ResponseBlock } from '../../messages/content-blocks.ts';
import type { Message, WireUsage } from '../../messages/response.ts';
import type { ClippedAnswer } from './clip-answer.ts';
import { containerOf } from './container-of.ts';
import type { PlannedBlock } from './planned-block.ts';
import { newId } from './planned-block.ts';
import { serverToolUse } from './server-tool-use.ts';
import type { CacheUse } from '../caching/prompt-cache.ts';
import type { AcceptedRequest } from '../rules/read-request.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import { AnswerSealer } from '../thinking/answer-sealer.ts';
import { isThought, reasoningOf } from '../thinking/thinking-cost.ts';
import { thinkingMode } from '../thinking/thinking-mode.ts';

const contextBetas = ['context-management-2025-06-27', 'compact-2026-01-12'] as const;

/** What a message is built with. */
export interface MessageMaking {
  readonly random: DeterministicRandom;
  readonly signingKey: Uint8Array;
  /** Which part of the prompt came from the cache or went into it. */
  readonly cacheUse: CacheUse;
  /** Midnight before the request. */
  readonly dayMs: number;
}

/** The message that an answer is on the wire; key order is the wire's (API reference §3.3). */
export function buildMessage(
  accepted: AcceptedRequest,
  answer: ClippedAnswer,
  making: MessageMaking,
): Message {
  const { id: model } = accepted.facts;
  const { signingKey, random } = making;
  const { messages } = accepted.request;
  const count = answer.blocks.filter(isThought).length;
  const sealing = { signingKey, model, messages, count };
  const sealer = new AnswerSealer(sealing, random.fork('seals'));
  const isOmitted = thinkingIsOmitted(accepted);
  return {
    model,
    id: newId('msg', making.random),
    type: 'message',
    role: 'assistant',
    content: answer.blocks.map((block) => wireBlock(block, { sealer, isOmitted })),
    ...containerOf(accepted.request, answer.blocks, making),
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    stop_details: null,
    usage: usageOf(accepted, answer, making.cacheUse),
    ...(editsContext(accepted)
      ? { context_management: { applied_edits: accepted.appliedEdits } }
      : {}),
  };
}

interface Writing {
  readonly sealer: AnswerSealer;
  readonly isOmitted: boolean;
}

function wireBlock(block: PlannedBlock, writing: Writing): ResponseBlock {
  switch (block.kind) {
    case 'text':
      return block.citations === undefined
        ? { type: 'text', text: block.text }
        : { citations: block.citations, type: 'text', text: block.text };
    case 'thinking': {
      const thinking = writing.isOmitted ? '' : block.text;
      const signature = writing.sealer.seal('thinking', thinking, reasoningOf(block));
      return { type: 'thinking', thinking, signature };
    }
    case 'redacted': {
      const data = writing.sealer.seal('redacted_thinking', '', block.reasoning);
      return { type: 'redacted_thinking', data };
    }
    case 'call':
    case 'result':
      return block.block;
    default:
      return unreachable(block);
  }
}

function thinkingIsOmitted({ request, facts }: AcceptedRequest): boolean {
  const mode = thinkingMode(request, facts);
  return mode.kind !== 'off' && mode.display === 'omitted';
}

/** The input is reported in three parts that add up to all of it (API reference §6.1, §6.3). */
function usageOf(
  accepted: AcceptedRequest,
  answer: ClippedAnswer,
  { readTokens, write5mTokens, write1hTokens }: CacheUse,
): WireUsage {
  const writtenTokens = write5mTokens + write1hTokens;
  return {
    input_tokens: accepted.inputTokens - readTokens - writtenTokens,
    cache_creation_input_tokens: writtenTokens,
    cache_read_input_tokens: readTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: write5mTokens,
      ephemeral_1h_input_tokens: write1hTokens,
    },
    output_tokens: answer.outputTokens,
    ...(thinks(accepted)
      ? { output_tokens_details: { thinking_tokens: answer.thinkingTokens } }
      : {}),
    service_tier: accepted.isBatch ? 'batch' : 'standard',
    inference_geo: inferenceGeo(accepted),
    ...serverToolUse(answer.blocks),
  };
}

/** Thinking is counted only where the request has it; elsewhere the API says nothing of it. */
function thinks({ request, facts }: AcceptedRequest): boolean {
  const type = request.thinking?.type;
  return type === undefined ? facts.thinking.unset === 'adaptive' : type !== 'disabled';
}

/** Who may ask for edits is told of those that were due, even of none (API reference §2.5). */
function editsContext({ betas }: AcceptedRequest): boolean {
  return contextBetas.some((beta) => betas.has(beta));
}

function inferenceGeo({ facts, request }: AcceptedRequest): string {
  return facts.reportsInferenceGeo ? (request.inference_geo ?? 'global') : 'not_available';
}
