import { describe, expect, test } from 'vitest';
import { messageStart, opening, wholeStream } from '../../test/support/event-stream.ts';
import { errorOf } from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { Walked } from '../../test/support/walked.ts';
import { streamOf, walk, wholeOf } from '../../test/support/walked.ts';
import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';

/** Answers for a caller whose form is another one than the canonical. */

interface Asked extends Walked {
  readonly requests: UpstreamRequest[];
}

function ask(answer: UpstreamAnswer, more: object = {}): Asked {
  const requests: UpstreamRequest[] = [];
  const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more };
  const walked = walk(
    (_cancellation, request) => {
      requests.push(request);
      return Promise.resolve(answer);
    },
    {
      dialect: chatCompletionsDialect,
      headers: { authorization: 'Bearer key' },
      body: { read: () => Promise.resolve(Buffer.from(JSON.stringify(body))) },
    },
  );
  return { ...walked, requests };
}

function textIn(sink: NotingSink): string {
  return sink.text
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice('data: '.length)) as { choices?: unknown })
    .map(({ choices }) => JSON.stringify(choices))
    .map((choices) => /"content":"([^"]*)"/.exec(choices ?? '')?.[1] ?? '')
    .join('');
}

async function streamed(asked: Asked): Promise<NotingSink> {
  const { body } = await asked.reply;
  const sink = new NotingSink();
  if (body instanceof Uint8Array) sink.write(body);
  else body.open(sink);
  return sink;
}

async function refused(asked: Asked): Promise<readonly [number, unknown]> {
  const { status, body } = await asked.reply;
  const { error } = JSON.parse(Buffer.from(body as Uint8Array).toString()) as {
    error: { code: unknown };
  };
  return [status, error.code];
}

const events = (text: string): UpstreamAnswer => streamOf(sourceOf(Buffer.from(text)));
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hello, wörld 🌍' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 11, output_tokens: 42 },
};
const piece = (): UpstreamAnswer => wholeOf(sourceOf(Buffer.from(JSON.stringify(message))));

describe('in one piece', () => {
  test.each([
    ['a stream', () => events(wholeStream)],
    ['one piece', piece],
  ])(
    'the upstream is asked for a stream; whether it gives %s, the answer is whole',
    async (...at) => {
      const asked = ask(at[1]());
      const { status, body } = await asked.reply;
      const said = JSON.parse(Buffer.from(body as Uint8Array).toString()) as {
        choices: { message: { content: string } }[];
      };
      expect([status, said.choices[0]?.message.content]).toEqual([200, 'Hello, wörld 🌍']);
      expect(asked.requests[0]?.stream).toBe(true);
      expect(asked.records).toMatchObject([
        { status: 200, isStream: false, usage: { inputTokens: 11, outputTokens: 42 } },
      ]);
    },
  );

  test.each<[string, string, readonly [number, string]]>([
    ['has no end', opening, [502, 'upstream_stream_truncated']],
    ['fails', opening + errorOf('overloaded_error', 'Overloaded'), [503, 'overloaded']],
    ['is no stream', 'data: nonsense\n\n', [502, 'upstream_stream_truncated']],
    ['starts twice', messageStart + messageStart, [502, 'upstream_error']],
    [
      'does not hold what it says',
      wholeStream.replace('"content":[]', '"content":7'),
      [502, 'upstream_error'],
    ],
  ])('a stream that %s is a status', async (_name, text, expected) => {
    const asked = ask(events(text));
    expect(await refused(asked)).toEqual(expected);
    expect(asked.records).toHaveLength(1);
  });
});

describe('what an answer had used that nobody got is known all the same', () => {
  const reported = { inputTokens: 11, cacheReadTokens: 3, outputTokens: 1 };
  const overloaded = errorOf('overloaded_error', 'Overloaded');

  test.each<[string, string, object]>([
    ['one piece of a stream without an end', opening, {}],
    ['one piece of a stream that says that it failed', opening + overloaded, {}],
    ['one piece of a stream that is broken', opening + messageStart, {}],
    ['a stream that fails before its content', messageStart + overloaded, { stream: true }],
  ])('%s', async (_name, text, more) => {
    const asked = ask(events(text), more);
    expect((await asked.reply).status).toBeGreaterThanOrEqual(500);
    expect(asked.records).toEqual([
      expect.objectContaining({ usage: reported, usageIsFinal: false }),
    ]);
  });

  test.each<[string, (asked: Asked, source: FedSource) => void, string]>([
    ['is cut', (_, source) => source.sink.fail({ kind: 'cut', detail: '' }), 'upstream_truncated'],
    ['is not waited for', ({ cancellation }) => cancellation.cancel(), 'client_gone'],
  ])('one piece of a stream that %s', async (_name, happens, errorCode) => {
    const source = new FedSource();
    const asked = ask(streamOf(source));
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    happens(asked, source);
    await asked.reply;
    expect(asked.records).toEqual([
      expect.objectContaining({ errorCode, usage: reported, usageIsFinal: false }),
    ]);
  });

  test('the broken end of a scripted stream, too', async () => {
    const source = new FedSource();
    const asked = ask({ ...streamOf(source), isScripted: true });
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    source.sink.fail({ kind: 'reset', detail: '' });
    await streamed(asked);
    expect(asked.records).toEqual([expect.objectContaining({ usage: reported })]);
  });
});

describe('as a stream', () => {
  test.each([
    ['a stream', () => events(wholeStream)],
    ['one piece', piece],
  ])('the upstream gives %s: chunks to the end', async (...at) => {
    const asked = ask(at[1](), { stream: true });
    const sink = await streamed(asked);
    expect(textIn(sink)).toBe('Hello, wörld 🌍');
    expect(sink.text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(asked.records).toMatchObject([{ status: 200, isStream: true }]);
  });

  test('that breaks after content ends with an error, and without an end', async () => {
    const source = new FedSource();
    const asked = ask(streamOf(source), { stream: true });
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    const sink = await streamed(asked);
    source.sink.fail({ kind: 'cut', detail: '' });
    expect(sink.text).toContain('"error":');
    expect(sink.text).not.toContain('[DONE]');
    expect(asked.records).toMatchObject([{ status: 200, errorCode: 'upstream_truncated' }]);
  });

  test('whose event is no JSON ends with an error', async () => {
    const asked = ask(events(`${opening}event: content_block_delta\ndata: {"half\n\n`), {
      stream: true,
    });
    const sink = await streamed(asked);
    expect([sink.text.includes('"error":'), sink.text.includes('[DONE]')]).toEqual([true, false]);
    expect(asked.records).toMatchObject([{ errorCode: 'upstream_failed' }]);
  });

  test('that is silent for long says that it is there, as a comment', async () => {
    const source = new FedSource();
    const asked = ask(streamOf(source), { stream: true });
    await expect.poll(() => source.opened).toBe(1);
    source.say(messageStart);
    asked.clock.advance(10_000);
    const sink = await streamed(asked);
    expect(sink.text).toMatch(/: ping\n\n$/);
    expect(sink.text).not.toContain('event:');
  });
});

describe('a scripted break', () => {
  test('of a stream is translated as far as it goes, and then breaks', async () => {
    const source = new FedSource();
    const asked = ask({ ...streamOf(source), isScripted: true }, { stream: true });
    const sink = await streamed(asked);
    source.say(opening);
    source.sink.fail({ kind: 'reset', detail: '' });
    expect(textIn(sink)).toBe('Hello, ');
    expect(sink.ends).toEqual(['fail reset']);
    expect(sink.text).not.toMatch(/DONE|"error"/);
  });

  test('breaks an answer in one piece too', async () => {
    const source = new FedSource();
    const asked = ask({ ...streamOf(source), isScripted: true });
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    source.sink.fail({ kind: 'reset', detail: '' });
    const sink = await streamed(asked);
    expect([sink.text, sink.ends]).toEqual(['', ['fail reset']]);
    expect(asked.records).toMatchObject([{ errorCode: 'upstream_truncated' }]);
  });
});

describe('an answer in the form of its request', () => {
  const chunk = (delta: object, more: object = {}): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
  const verbatim = `${chunk({ role: 'assistant', content: '' })}${chunk({ content: 'hi' })}${chunk({}, { finish_reason: 'stop' })}data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}\n\ndata: [DONE]\n\n`;

  test('passes as the bytes it is, and its usage is seen', async () => {
    const asked = ask({ ...events(verbatim), form: 'chat-completions' }, { stream: true });
    const sink = await streamed(asked);
    expect(sink.text).toBe(verbatim);
    expect(asked.requests[0]?.native?.form).toBe('chat-completions');
    expect(asked.records).toMatchObject([
      { status: 200, usage: { inputTokens: 3, outputTokens: 4 }, usageIsFinal: true },
    ]);
  });

  test('without an end ends with an error', async () => {
    const half = chunk({ role: 'assistant', content: '' }) + chunk({ content: 'hi' });
    const asked = ask({ ...events(half), form: 'chat-completions' }, { stream: true });
    const sink = await streamed(asked);
    expect(sink.text.startsWith(half)).toBe(true);
    expect(sink.text.slice(half.length)).toContain('"error":');
  });

  test('in one piece, too; an estimate is no final count', async () => {
    const body = '{ "choices": [], "usage": {"prompt_tokens":3,"completion_tokens":4} }';
    const asked = ask({
      ...wholeOf(sourceOf(Buffer.from(body))),
      form: 'chat-completions',
      isUsageEstimated: () => true,
    });
    expect((await streamed(asked)).text).toBe(body);
    expect(asked.records).toMatchObject([
      { usage: { inputTokens: 3, outputTokens: 4 }, usageIsFinal: false },
    ]);
  });
});
