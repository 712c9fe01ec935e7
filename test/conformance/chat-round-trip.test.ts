import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAnswerEncoder } from '../../src/dialects/chat-completions/encode-answer.ts';
import type { TranslatingEncoder } from '../../src/dialects/dialect.ts';
import { isRefusal, refusalText } from '../../src/messages/errors.ts';
import type { RequestBlock } from '../../src/messages/content-blocks.ts';
import { expandMessage } from '../../src/messages/expand-message.ts';
import type { MessagesRequest } from '../../src/messages/request.ts';
import type { Message } from '../../src/messages/response.ts';
import { blocksOf } from '../../src/messages/request.ts';
import type { JsonObject } from '../../src/std/json.ts';
import { encodeRequest } from '../../src/upstreams/chat-completions/encode-request.ts';
import { quirksOf } from '../../src/upstreams/chat-completions/engines.ts';
import type { WholeAnswerOptions } from '../../src/upstreams/chat-completions/whole-answer.ts';
import { decodeWholeAnswer } from '../../src/upstreams/chat-completions/whole-answer.ts';
import { carriedAnswer, carriedRequest } from '../support/conversation-arbitrary.ts';
import { askedUpstream, decodeChat } from '../support/decode-chat.ts';

/** A request with what means the same in one spelling: texts as blocks, absent content as none. */
function plain(request: MessagesRequest): unknown {
  const { system, messages } = request;
  return {
    ...request,
    ...(typeof system === 'string' ? { system: [{ type: 'text', text: system }] } : {}),
    messages: messages.map((message) => ({
      role: message.role,
      content: blocksOf(message).map((block) => plainBlock(block)),
    })),
  };
}

function plainBlock(block: RequestBlock): unknown {
  if (block.type !== 'tool_result' || typeof block.content !== 'string') return block;
  return { ...block, content: [{ type: 'text', text: block.content }] };
}

test('from the Messages form to Chat Completions and back, nothing is lost', () => {
  fastCheck.assert(
    fastCheck.property(carriedRequest, (request) => {
      const encoded = encodeRequest(request, quirksOf('quatrain', {}), request.model);
      if (isRefusal(encoded)) throw new Error(refusalText(encoded));
      expect(encoded.dropped).toEqual([]);
      const json = JSON.parse(JSON.stringify(encoded.body)) as JsonObject;
      const back = askedUpstream(json) as unknown as MessagesRequest;
      expect(plain(back)).toEqual(plain(request));
    }),
    { numRuns: 500 },
  );
});

describe('answers', () => {
  const asked = { stream: true, stream_options: { include_usage: true } };

  function encoder(): TranslatingEncoder {
    const { shape } = decodeChat(asked);
    if (shape === undefined) throw new Error('the request was refused');
    return createAnswerEncoder(shape);
  }

  function options(isEventStream: boolean, message: Message): WholeAnswerOptions {
    return {
      isEventStream,
      asksStream: false,
      requestId: 'req_1',
      hidden: [],
      facts: {
        model: message.model,
        idStem: '1',
        stopSequences: ['END'],
        roughInputTokens: 0,
        countInput: () => Number.NaN,
        countOutput: () => Number.NaN,
      },
    };
  }

  function back(bytes: Uint8Array, isEventStream: boolean, message: Message): unknown {
    const read = decodeWholeAnswer(bytes, options(isEventStream, message));
    if (read.kind !== 'whole') throw new Error(JSON.stringify(read));
    expect(read.isUsageEstimated).toBe(false);
    return JSON.parse(Buffer.from(read.body).toString());
  }

  /** Letter by letter, so that every seam is somewhere. */
  const cut = (text: string): readonly string[] => Array.from(text);

  test('in one piece and in a stream come back as they were', () => {
    fastCheck.assert(
      fastCheck.property(carriedAnswer, (message) => {
        const { body } = encoder().encodeMessage(message);
        expect(back(body, false, message)).toMatchObject({ ...message });
        const stream = encoder().startStream();
        const events = expandMessage(message, {
          cutText: cut,
          cutJson: cut,
          startOutputTokens: 1,
        });
        const text = events.map((event) => stream.encode(event as unknown as JsonObject)).join('');
        expect(back(Buffer.from(text), true, message)).toMatchObject({ ...message });
      }),
      { numRuns: 300 },
    );
  });
});
