import { Buffer } from 'node:buffer';
import type { ModelMessage } from 'ai';
import { generateText, streamText } from 'ai';
import { describe, expect, test } from 'vitest';
import type { AiSdkConnection, AiSdkFace } from './ai-sdk-face.ts';
import { collect } from './ai-sdk-face.ts';
import { pdfOf, pngOf } from './sample-media.ts';

const emulated = /emulat/i;

/** Text, usage, endings, prompts and media: what every provider of the client has to get right. */
export function describeAnswers(face: AiSdkFace, open: () => AiSdkConnection): void {
  describe('text', () => {
    test('an answer in one piece', async () => {
      const { model } = open();
      const result = await generateText({ model: model(), prompt: 'Hello, Claude' });
      expect(result.text).toMatch(emulated);
      expect(result.text).toContain('Hello, Claude');
      expect(result.finishReason).toBe('stop');
      expect(result.rawFinishReason).toBe(face.endings.turn);
      expect(result.warnings).toEqual([]);
      expect(result.finalStep.response.id).toMatch(face.answerId);
      expect(result.finalStep.response.modelId).toBe(face.modelName);
      expect(result.finalStep.response.headers?.['x-quatrain-request-id']).toMatch(/^req_/);
      const { inputTokens = 0, outputTokens = 0, totalTokens } = result.usage;
      expect(inputTokens).toBeGreaterThan(0);
      expect(outputTokens).toBeGreaterThan(0);
      expect(totalTokens).toBe(inputTokens + outputTokens);
    });

    test('a stream says what the answer in one piece says, at the same price', async () => {
      const { model } = open();
      const asked = { model: model(), prompt: 'Hello, Claude' };
      const whole = await generateText(asked);
      const stream = streamText(asked);
      const parts = await collect(stream.stream);
      const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
      expect(text).toBe(whole.text);
      expect(await stream.finishReason).toBe('stop');
      expect(await stream.rawFinishReason).toBe(face.endings.turn);
      const { raw: _streamed, ...streamedUsage } = await stream.usage;
      const { raw: _whole, ...wholeUsage } = whole.usage;
      expect(streamedUsage).toEqual(wholeUsage);
      const response = (await stream.finalStep).response;
      expect(response.id).toMatch(face.answerId);
      expect(response.modelId).toBe(face.modelName);
      const kinds = parts.map(({ type }) => type).filter((type) => type !== 'custom');
      expect(kinds.filter((kind) => kind === 'text-delta').length).toBeGreaterThan(1);
      expect(kinds.filter((kind) => kind !== 'text-delta')).toEqual([
        'start',
        'start-step',
        'text-start',
        'text-end',
        'finish-step',
        'finish',
      ]);
    });

    test.each(['generate', 'stream'] as const)('%s: every character arrives', async (how) => {
      const asked = { model: open().model(), prompt: 'Greet Cologne' };
      const text =
        how === 'generate' ? (await generateText(asked)).text : await streamText(asked).text;
      expect(text).toBe('Grüße aus Köln 👩‍👩‍👧 und 東京');
    });

    test('answers at the same time do not mix', async () => {
      const { model } = open();
      const names = Array.from({ length: 8 }, (_, at) => `Number${String(at)}`);
      const texts = await Promise.all(
        names.map((name) => streamText({ model: model(), prompt: `Hello, ${name}` }).text),
      );
      expect(texts.map((text) => /Number\d/.exec(text)?.[0])).toEqual(names);
    });
  });

  describeEndings(face, open);
  describePrompts(face, open);
  describeMedia(open);
}

function describeEndings(face: AiSdkFace, open: () => AiSdkConnection): void {
  describe('endings', () => {
    const asked = (prompt: string, more: object = {}): Parameters<typeof generateText>[0] => ({
      model: open().model(),
      prompt,
      ...more,
    });

    test('maxOutputTokens cuts the answer, streamed and not', async () => {
      const cut = asked('Hello, Claude', { maxOutputTokens: 5 });
      const whole = await generateText(cut);
      expect(whole).toMatchObject({
        finishReason: 'length',
        rawFinishReason: face.endings.length,
        usage: { outputTokens: 5 },
      });
      const stream = streamText(cut);
      expect(await stream.text).toBe(whole.text);
      expect(await stream.finishReason).toBe('length');
      expect((await stream.usage).outputTokens).toBe(5);
    });

    test('stopSequences end the answer before them, streamed and not', async () => {
      const stopped = asked('Count to ten', { stopSequences: ['never', 'STOP'] });
      const whole = await generateText(stopped);
      expect(whole.text.trim()).toBe('one two three');
      expect(whole.finishReason).toBe('stop');
      expect(whole.rawFinishReason).toBe(face.endings.sequence);
      const stream = streamText(stopped);
      expect(await stream.text).toBe(whole.text);
      expect(await stream.rawFinishReason).toBe(face.endings.sequence);
    });

    test('a refusal is content-filter, streamed and not', async () => {
      const whole = await generateText(asked('Help me with that'));
      expect(whole.finishReason).toBe('content-filter');
      expect(whole.rawFinishReason).toBe(face.endings.refusal);
      expect(whole.text).toContain('I started.');
      const stream = streamText(asked('Help me with that'));
      expect(await stream.text).toBe(whole.text);
      expect(await stream.finishReason).toBe('content-filter');
    });
  });
}

function describePrompts(face: AiSdkFace, open: () => AiSdkConnection): void {
  describe('prompts', () => {
    test('instructions reach the model as a system prompt', async () => {
      const { model } = open();
      const prompt = 'Tell me what you were given';
      const bare = await generateText({ model: model(), prompt });
      const told = await generateText({ model: model(), prompt, instructions: 'Be brief.' });
      expect(bare.text).toMatch(/(?:no|No) system prompt/);
      expect(told.text).toMatch(/(?:A|a) system prompt/);
      expect(told.usage.inputTokens).toBeGreaterThan(bare.usage.inputTokens ?? Infinity);
    });

    test('a conversation of several turns arrives as such', async () => {
      const { model } = open();
      const messages: ModelMessage[] = [
        { role: 'user', content: 'The first of these three questions' },
        { role: 'assistant', content: [{ type: 'text', text: 'An answer' }] },
        { role: 'user', content: [{ type: 'text', text: 'The second of these three questions' }] },
        { role: 'assistant', content: 'Another answer' },
        { role: 'user', content: 'The third of these three questions' },
      ];
      const { text } = await generateText({ model: model(), messages });
      expect(text).toContain('The third of these three questions');
      expect(text).toContain('3 user turns');
    });

    test('an answer goes back and is followed by another one', async () => {
      const { model } = open();
      const messages: ModelMessage[] = [
        { role: 'user', content: 'A first question to begin with' },
      ];
      const first = streamText({ model: model(), messages });
      messages.push(...(await first.responseMessages));
      messages.push({ role: 'user', content: 'And a second one to go on with' });
      const second = await generateText({ model: model(), messages });
      expect(second.text).toContain('2 user turns');
    });

    test('a long prefix is written to the cache and read from it', async () => {
      const { model } = open();
      const asked = {
        model: model(),
        allowSystemInMessages: true,
        messages: [
          {
            role: 'system' as const,
            content: `${face.name}: ${'A rule to keep in mind. '.repeat(400)}`,
            providerOptions: face.cachedPrefix,
          },
          { role: 'user' as const, content: 'Which rules are there?' },
        ],
      };
      const first = await generateText(asked);
      const second = await generateText(asked);
      const streamed = await streamText(asked).usage;
      expect(first.usage.inputTokenDetails.cacheReadTokens).toBe(0);
      expect(second.usage.inputTokenDetails.cacheReadTokens).toBeGreaterThan(1024);
      expect(second.usage.inputTokens).toBe(first.usage.inputTokens);
      expect(streamed.inputTokenDetails).toEqual(second.usage.inputTokenDetails);
      expect(streamed.inputTokens).toBe(first.usage.inputTokens);
    });
  });
}

function describeMedia(open: () => AiSdkConnection): void {
  const media = 'Look at what is attached to this message';
  const png = pngOf(40, 30);
  const pdf = pdfOf(2);

  describe('media', () => {
    test.each<[string, Uint8Array | string | URL, string, string]>([
      ['an image as bytes', Buffer.from(png, 'base64'), 'image/png', '1 image.'],
      ['an image as base64', png, 'image/png', '1 image.'],
      ['an image of unsaid type', Buffer.from(png, 'base64'), 'image', '1 image.'],
      ['an image as a data URL', `data:image/png;base64,${png}`, 'image/png', '1 image.'],
      ['an image by its URL', new URL('https://example.com/a.png'), 'image/png', '1 image.'],
      ['a PDF', Buffer.from(pdf, 'base64'), 'application/pdf', '1 document'],
    ])('%s', async (_name, data, mediaType, said) => {
      const { model } = open();
      const content = [
        { type: 'text' as const, text: media },
        { type: 'file' as const, data, mediaType, filename: 'report.pdf' },
      ];
      const asked = { model: model(), messages: [{ role: 'user' as const, content }] };
      const { text } = await generateText(asked);
      expect(text).toContain(media);
      expect(text).toContain(`The last message carried ${said}`);
      expect(await streamText(asked).text).toBe(text);
    });

    test('several images, and text between them', async () => {
      const { model } = open();
      const image = { type: 'file' as const, data: png, mediaType: 'image/png' };
      const content = [image, { type: 'text' as const, text: media }, image, image];
      const { text, usage } = await generateText({
        model: model(),
        messages: [{ role: 'user', content }],
      });
      expect(text).toContain('3 images');
      const bare = await generateText({ model: model(), prompt: media });
      expect(usage.inputTokens).toBeGreaterThan(bare.usage.inputTokens ?? Infinity);
    });
  });
}
