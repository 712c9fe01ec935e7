import OpenAI from 'openai';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf, openAiClient } from '../support/openai-client.ts';
import { pdfOf, pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The official OpenAI client over a real socket, gateway and emulator behind it. */

const model = 'anthropic/claude-sonnet-4.6';
const hello = {
  model,
  max_tokens: 256,
  messages: [{ role: 'user' as const, content: 'Hello, Claude' }],
};

let gateway: TestGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = openAiClient(gateway);
});
afterAll(() => gateway.stop());

describe('create', () => {
  test('gives a completion', async () => {
    const { data, response, request_id } = await client.chat.completions
      .create(hello)
      .withResponse();
    expect(data).toMatchObject({ object: 'chat.completion', model });
    expect(data.id).toMatch(/^chatcmpl-[A-Za-z0-9]{29}$/);
    expect(data.choices).toHaveLength(1);
    expect(data.choices[0]?.message.content).toContain('Hello, Claude');
    expect(data.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop', logprobs: null });
    const { prompt_tokens, completion_tokens, total_tokens } = data.usage ?? { prompt_tokens: 0 };
    expect(prompt_tokens).toBeGreaterThan(0);
    expect(total_tokens).toBe(prompt_tokens + (completion_tokens ?? 0));
    expect(request_id).toBe(response.headers.get('x-request-id'));
    expect(request_id).not.toBeNull();
    expect(response.headers.get('x-inference-id')).not.toBeNull();
  });

  test('same request, same words', async () => {
    const one = await client.chat.completions.create(hello);
    const other = await client.chat.completions.create(hello);
    expect(other.choices).toEqual(one.choices);
    expect(other.usage).toEqual(one.usage);
    expect(other.id).not.toBe(one.id);
  });

  test('all roles', async () => {
    const { choices } = await client.chat.completions.create({
      ...hello,
      messages: [
        { role: 'system', content: 'Be brief' },
        { role: 'user', content: 'Hello', name: 'ann' },
        { role: 'assistant', content: 'Hello to you' },
        { role: 'developer', content: [{ type: 'text', text: 'Be kind' }] },
        { role: 'user', content: [{ type: 'text', text: 'And now?' }] },
      ],
    });
    expect(choices[0]?.message.content).toContain('And now?');
  });

  test('parameters without effect are listed in a header', async () => {
    const { response } = await client.chat.completions
      .create({ ...hello, seed: 7, presence_penalty: 1, logprobs: true, n: 1 })
      .withResponse();
    const ignored = (response.headers.get('x-ignored-params') ?? '').split(/,\s*/).toSorted();
    expect(ignored).toEqual(['logprobs', 'presence_penalty', 'seed']);
  });

  test('a parameter of any name and any number of them do not hurt', async () => {
    const names = ['paramètre', '参数', 'a\r\nset-cookie: b', '', 'x'.repeat(10_000)];
    const many = Array.from({ length: 2000 }, (_, at) => `p${String(at)}`);
    const odd = Object.fromEntries([...names, ...many].map((name) => [name, 1]));
    const { response } = await client.chat.completions
      .create({ ...hello, ...odd, seed: 7 })
      .withResponse();
    const shown = (response.headers.get('x-ignored-params') ?? '').split(', ');
    expect(shown.slice(0, 3)).toEqual(['seed', 'p0', 'p1']);
    expect(shown.length).toBeLessThan(100);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('max_completion_tokens and stop', async () => {
    const cut = await client.chat.completions.create({ ...hello, max_completion_tokens: 5 });
    expect(cut.choices[0]?.finish_reason).toBe('length');
    expect(cut.usage?.completion_tokens).toBe(5);
    const stopped = await client.chat.completions.create({ ...hello, stop: ['Claude'] });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(stopped.choices[0]?.message.content).not.toContain('Claude');
  });

  test('an image by data URL, and a PDF as a file part', async () => {
    const bare = await client.chat.completions.create(hello);
    const image = await client.chat.completions.create({
      ...hello,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hello, Claude' },
            {
              type: 'image_url',
              image_url: { url: `data:image/png;base64,${pngOf(200, 100)}`, detail: 'high' },
            },
          ],
        },
      ],
    });
    expect(image.usage?.prompt_tokens).toBeGreaterThan((bare.usage?.prompt_tokens ?? 0) + 20);
    const file = { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdfOf(3)}` };
    const document = await client.chat.completions.create({
      ...hello,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file },
            { type: 'text', text: 'Hello, Claude' },
          ],
        },
      ],
    });
    expect(document.usage?.prompt_tokens).toBeGreaterThan((bare.usage?.prompt_tokens ?? 0) + 1000);
  });

  test('a marked prefix is written to the cache, and read from it by the second call', async () => {
    const manual = 'The manual says much about many things. '.repeat(400);
    const part = { type: 'text' as const, text: manual, cache_control: { type: 'ephemeral' } };
    const asked = {
      ...hello,
      messages: [{ role: 'system' as const, content: [part] }, ...hello.messages],
    };
    const first = (await client.chat.completions.create(asked)).usage;
    const second = (await client.chat.completions.create(asked)).usage;
    const written = first?.prompt_tokens_details?.cache_write_tokens ?? 0;
    expect(written).toBeGreaterThan(1024);
    expect(first?.prompt_tokens_details?.cached_tokens).toBe(0);
    expect(second?.prompt_tokens_details).toMatchObject({
      cached_tokens: written,
      cache_write_tokens: 0,
    });
    expect(second?.prompt_tokens).toBe(first?.prompt_tokens);
    expect(second?.prompt_tokens).toBeGreaterThan(written);
  });

  test('reasoning_effort gives reasoning, and counts its tokens', async () => {
    const { choices, usage } = await client.chat.completions.create({
      ...hello,
      max_tokens: 4096,
      reasoning_effort: 'high',
    });
    const message = choices[0]?.message as unknown as {
      content: string;
      reasoning_content: string;
      thinking_blocks: { thinking: string; signature: string }[];
    };
    expect(message.reasoning_content).not.toBe('');
    expect(message.thinking_blocks.map(({ thinking }) => thinking).join('')).toBe(
      message.reasoning_content,
    );
    expect(message.thinking_blocks[0]?.signature).toMatch(/.{100}/);
    const thought = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
    expect(thought).toBeGreaterThan(0);
    expect(usage?.completion_tokens).toBeGreaterThan(thought);
  });
});

describe('credits', () => {
  test('are in the head and the body of an answer where they are configured', async () => {
    const priced = await startTestGateway('chat_completions: { credits: { markup_percent: 30 } }');
    try {
      const { data, response } = await openAiClient(priced)
        .chat.completions.create(hello)
        .withResponse();
      const { meta } = data as unknown as {
        meta: { usage: { credits_used: number; usd_spent: number } };
      };
      const { prompt_tokens: read = 0, completion_tokens: written = 0 } = data.usage ?? {};
      // Three and fifteen dollars a million, a markup of 30 %, 500 nano-USD a credit.
      const credits = Math.ceil(((read * 3000 + written * 15_000) * 130) / 50_000);
      expect(meta.usage).toEqual({ credits_used: credits, usd_spent: credits / 2_000_000 });
      expect(response.headers.get('x-aimlapi-credits-used')).toBe(String(credits));
      expect(Number(response.headers.get('x-aimlapi-usd-spent'))).toBe(meta.usage.usd_spent);
    } finally {
      await priced.stop();
    }
  });
});

describe('streams', () => {
  test('for await gives the words of the whole answer', async () => {
    const whole = await client.chat.completions.create(hello);
    const stream = await client.chat.completions.create({ ...hello, stream: true });
    let text = '';
    const ids = new Set<string>();
    for await (const chunk of stream) {
      ids.add(chunk.id);
      text += chunk.choices[0]?.delta.content ?? '';
      expect(chunk).not.toHaveProperty('usage');
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(ids.size).toBe(1);
  });

  test('include_usage: the last chunk has what the whole answer has', async () => {
    const { usage } = await client.chat.completions.create(hello);
    const stream = await client.chat.completions.create({
      ...hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    expect(new Set(chunks.slice(0, -1).map((chunk) => chunk.usage))).toEqual(new Set([null]));
  });

  test('the helper: events, text and the final completion', async () => {
    const whole = await client.chat.completions.create(hello);
    const stream = client.chat.completions.stream({
      ...hello,
      stream_options: { include_usage: true },
    });
    const seen: string[] = [];
    let text = '';
    stream.on('connect', () => seen.push('connect'));
    stream.on('content', (delta) => {
      text += delta;
    });
    stream.on('content.done', ({ content }) => seen.push(`done ${String(content === text)}`));
    stream.on('finalMessage', () => seen.push('finalMessage'));
    stream.on('end', () => seen.push('end'));
    const final = await stream.finalChatCompletion();
    expect(seen).toEqual(['connect', 'done true', 'finalMessage', 'end']);
    expect(final.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: text, refusal: null },
    });
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(await stream.totalUsage()).toMatchObject({
      prompt_tokens: whole.usage?.prompt_tokens,
      completion_tokens: whole.usage?.completion_tokens,
      total_tokens: whole.usage?.total_tokens,
    });
  });

  test('a stream that is handed on as bytes is read again', async () => {
    const whole = await client.chat.completions.create(hello);
    const bytes = client.chat.completions.stream(hello).toReadableStream();
    const again = ChatCompletionStream.fromReadableStream(bytes);
    expect((await again.finalMessage()).content).toBe(whole.choices[0]?.message.content);
  });
});

describe('models', () => {
  test('list gives models of the form, retrieve each of them', async () => {
    const ids: string[] = [];
    for await (const listed of client.models.list()) {
      expect(listed).toMatchObject({ object: 'model', owned_by: expect.any(String) as string });
      ids.push(listed.id);
    }
    expect(ids).toContain(model);
    expect(new Set(ids).size).toBe(ids.length);
    const one = await client.models.retrieve(model);
    expect(one).toMatchObject({ id: model, object: 'model' });
    expect(await failureOf(client.models.retrieve('anthropic/nobody'))).toBeInstanceOf(
      OpenAI.NotFoundError,
    );
  });

  test.each([model, 'anthropic/claude-sonnet-4-6-20260218', 'claude-sonnet-4-6'])(
    '%s answers, and says its name back',
    async (name) => {
      const completion = await client.chat.completions.create({ ...hello, model: name });
      expect(completion.model).toBe(name);
    },
  );
});
