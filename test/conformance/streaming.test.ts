import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MessagesEvent } from '../../src/messages/events.ts';
import { EventFold } from '../../src/messages/fold-events.ts';
import { askStream, askWhole, deltasIn } from '../support/read-stream.ts';
import type { Sent } from '../support/read-stream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §13.7 and §5: what a stream is made of, over HTTP. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const input = { city: 'Lisbon, the one in Portugal', days: 12, why: 'to see what comes first' };
const trip = {
  name: 'plan_trip',
  input_schema: { type: 'object' },
  input_examples: [input],
};
const forced = { type: 'tool', name: 'plan_trip' };
const calling: Sent = { change: { max_tokens: 500, tools: [trip], tool_choice: forced } };
const questions = Array.from({ length: 25 }, (_, index) => `Question ${String(index)}?`);
const asking = (content: string): { messages: object } => ({
  messages: [{ role: 'user', content }],
});

/** Types in order, where a run of deltas is one. */
function outline(events: readonly MessagesEvent[]): readonly string[] {
  const types = events.map(({ type }) => type);
  return types.filter((type, at) => type !== 'content_block_delta' || types[at - 1] !== type);
}

function folded(events: readonly MessagesEvent[]): unknown {
  const fold = new EventFold();
  for (const event of events) fold.take(event);
  return fold.result();
}

function onlyOf<Type extends MessagesEvent['type']>(
  events: readonly MessagesEvent[],
  type: Type,
): Extract<MessagesEvent, { type: Type }> {
  const found = events.filter((event) => event.type === type);
  expect(found).toHaveLength(1);
  return found[0] as Extract<MessagesEvent, { type: Type }>;
}

describe('a stream', () => {
  test('#135 has the events of §5.2 and nothing else', async () => {
    const { answer, events } = await askStream(gateway, {});
    expect(outline(events)).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const text = answer.body.toString();
    expect(text).toContain('data: {"type": "ping"}\n');
    expect(text).not.toMatch(/\[DONE\]|^(?:id|retry|:)/m);
  });

  test('#146 has the headers of a stream', async () => {
    const { answer } = await askStream(gateway, {});
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-cache, no-transform');
    expect(answer.headers['request-id']).toMatch(/^req_/);
  });

  test('#136 says what the one-piece answer says, and its usage is cumulative', async () => {
    const whole = await askWhole(gateway, {});
    const { events } = await askStream(gateway, {});
    expect(folded(events)).toEqual({ kind: 'message', message: whole });
    const start = onlyOf(events, 'message_start').message;
    expect(start).toMatchObject({ content: [], stop_reason: null, stop_sequence: null });
    expect(start.usage.output_tokens).toBeLessThan(whole.usage.output_tokens);
    expect(Object.keys(onlyOf(events, 'message_delta').usage)).toEqual([
      'input_tokens',
      'cache_creation_input_tokens',
      'cache_read_input_tokens',
      'output_tokens',
    ]);
    expect(onlyOf(events, 'message_delta').usage).toMatchObject({
      input_tokens: start.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    });
  });

  test('#139 counts its blocks up, one after the other', async () => {
    const tools = ['one', 'two'].map((name) => ({ name, input_schema: city }));
    const kinds = new Set<string>();
    for (const question of questions) {
      const { events } = await askStream(gateway, { change: { ...asking(question), tools } });
      const starts = events.filter((event) => event.type === 'content_block_start');
      const stops = events.filter((event) => event.type === 'content_block_stop');
      expect(starts.map(({ index }) => index)).toEqual(stops.map(({ index }) => index));
      expect(starts.map(({ index }) => index)).toEqual([...starts.keys()]);
      kinds.add(starts.map(({ content_block: { type } }) => type).join());
    }
    expect(kinds).toContain('text,tool_use,tool_use');
  });

  test('#144 has a citations_delta for each citation, before the text that it is for', async () => {
    const source = {
      type: 'text',
      media_type: 'text/plain',
      data: 'Grass is green. The sky is blue.',
    };
    const document = { type: 'document', source, title: 'Colours', citations: { enabled: true } };
    const content = [document, { type: 'text', text: 'Which colours?' }];
    const sent = { change: { max_tokens: 500, messages: [{ role: 'user', content }] } };
    const whole = await askWhole(gateway, sent);
    const { events } = await askStream(gateway, sent);
    expect(folded(events)).toEqual({ kind: 'message', message: whole });
    const at = events.findIndex(
      (event) => event.type === 'content_block_start' && 'citations' in event.content_block,
    );
    expect(events[at]).toMatchObject({ content_block: { citations: [], type: 'text', text: '' } });
    expect(events[at + 1]).toMatchObject({
      delta: {
        type: 'citations_delta',
        citation: { type: 'char_location', document_index: 0, document_title: 'Colours' },
      },
    });
    expect(events[at + 2]).toMatchObject({ delta: { type: 'text_delta' } });
  });
});

describe('a call in a stream', () => {
  test('#137 starts empty, and its pieces join to JSON', async () => {
    const { events } = await askStream(gateway, calling);
    const pieces = deltasIn(events, 'input_json_delta');
    expect(pieces[0]).toBe('');
    expect(JSON.parse(pieces.join(''))).toEqual(input);
    const start = events.find((event) => event.type === 'content_block_start');
    expect(start?.content_block).toEqual({
      type: 'tool_use',
      id: expect.stringMatching(/^toolu_01[0-9A-Za-z]{22}$/) as string,
      name: 'plan_trip',
      input: {},
      caller: { type: 'direct' },
    });
  });

  test('#138 has no more than the empty piece where there are no arguments', async () => {
    const tools = [{ name: 'now', input_schema: { type: 'object', properties: {} } }];
    const { events } = await askStream(gateway, {
      change: { tools, tool_choice: { type: 'any' } },
    });
    expect(deltasIn(events, 'input_json_delta')).toEqual(['']);
    expect(folded(events)).toMatchObject({ message: { content: [{ input: {} }] } });
  });

  test('an argument never shares a piece with another, unless streaming is eager', async () => {
    const crossing = async (tool: object, betas?: string): Promise<boolean> => {
      const sent = { change: { ...calling.change, tools: [tool] }, ...(betas ? { betas } : {}) };
      const { events } = await askStream(gateway, sent);
      const pieces = deltasIn(events, 'input_json_delta');
      expect(JSON.parse(pieces.join(''))).toEqual(input);
      return pieces.some((piece) => /.+, "(?:days|why)/.test(piece));
    };
    expect(await crossing(trip)).toBe(false);
    expect(await crossing({ ...trip, eager_input_streaming: true })).toBe(true);
    expect(await crossing(trip, 'fine-grained-tool-streaming-2025-05-14')).toBe(true);
    const declined = { ...trip, eager_input_streaming: false };
    expect(await crossing(declined, 'fine-grained-tool-streaming-2025-05-14')).toBe(false);
  });

  test('#141 #95 is left open where max_tokens cut it, in every mode', async () => {
    for (const eager_input_streaming of [false, true]) {
      const clipped = new Set<string>();
      for (let maxTokens = 5; maxTokens < 35; maxTokens += 2) {
        const tools = [{ ...trip, eager_input_streaming }];
        const sent = { change: { ...calling.change, tools, max_tokens: maxTokens } };
        const whole = await askWhole(gateway, sent);
        const { events } = await askStream(gateway, sent);
        const isCut = whole.stop_reason === 'max_tokens';
        expect(folded(events)).toEqual({
          kind: 'message',
          message: whole,
          ...(isCut ? { isCallCut: true } : {}),
        });
        if (!isCut) continue;
        expect(events.map(({ type }) => type)).not.toContain('content_block_stop');
        expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'max_tokens' } });
        clipped.add(JSON.stringify(whole.content[0]));
      }
      expect(clipped.size).toBeGreaterThan(1);
    }
  });

  test('§5.2 that waiting code makes is there at once', async () => {
    const code = { type: 'code_execution_20260120', name: 'code_execution' };
    const tools = [code, { ...trip, allowed_callers: ['code_execution_20260120'] }];
    const shapes = new Set<string>();
    for (const question of questions) {
      const first = await askWhole(gateway, {
        change: { ...asking(question), max_tokens: 500, tools, tool_choice: { type: 'any' } },
      });
      expect(first.container?.['id']).toMatch(/^container_01/);
      const [run, call] = first.content;
      expect(call).toMatchObject({
        caller: { type: code.type, tool_id: run && 'id' in run && run.id },
      });
      const results = [
        { type: 'tool_result', tool_use_id: call && 'id' in call && call.id, content: 'Booked' },
      ];
      const messages = [
        { role: 'user', content: question },
        { role: 'assistant', content: first.content },
        { role: 'user', content: results },
      ];
      const container = first.container?.['id'];
      const sent = { change: { max_tokens: 500, tools, messages, container } };
      const whole = await askWhole(gateway, sent);
      const { events } = await askStream(gateway, sent);
      expect(folded(events)).toEqual({ kind: 'message', message: whole });
      expect(whole.container?.['id']).toBe(container);
      shapes.add(outline(events).join());
    }
    expect(shapes).toContain('message_start,message_stop');
    expect(shapes.size).toBe(2);
  });
});
