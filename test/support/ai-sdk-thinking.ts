import type { ModelMessage } from 'ai';
import { generateText, isStepCount, streamText } from 'ai';
import { describe, expect, test } from 'vitest';
import type { AiSdkConnection, AiSdkFace } from './ai-sdk-face.ts';
import { collect } from './ai-sdk-face.ts';
import { weather } from './ai-sdk-tools.ts';

/** Reasoning: asked for, returned, and in loops of tools. */
export function describeThinking(face: AiSdkFace, open: () => AiSdkConnection): void {
  describe('reasoning', () => {
    test.each<[string, object]>([
      ['the portable setting', { reasoning: 'max' }],
      ['the provider option', { providerOptions: face.thinking }],
    ])('%s brings the reasoning before the text', async (_name, setting) => {
      const asked = {
        model: open().model(),
        prompt: 'How many people will there be in twenty years?',
        ...setting,
      };
      const whole = await generateText(asked);
      expect(whole.content.map(({ type }) => type)).toEqual(['reasoning', 'text']);
      expect(whole.finalStep.reasoningText).toMatch(/emulat/i);
      expect(whole.text).toContain('How many people');
      const { reasoningTokens = 0 } = whole.usage.outputTokenDetails;
      expect(reasoningTokens).toBeGreaterThan(0);
      expect(reasoningTokens).toBeLessThan(whole.usage.outputTokens ?? 0);

      const stream = streamText(asked);
      const parts = await collect(stream.stream);
      const reasoning = parts.map((part) => (part.type === 'reasoning-delta' ? part.text : ''));
      expect(reasoning.join('')).toBe(whole.finalStep.reasoningText);
      expect(await stream.text).toBe(whole.text);
      const kinds = parts.map(({ type }) => type);
      expect(kinds.indexOf('reasoning-end')).toBeLessThan(kinds.indexOf('text-start'));
      expect((await stream.usage).outputTokenDetails).toEqual(whole.usage.outputTokenDetails);
    });

    test('reasoning none brings none', async () => {
      const prompt = 'How many people will there be in twenty years?';
      const result = await generateText({ model: open().model(), prompt, reasoning: 'none' });
      expect(result.content.map(({ type }) => type)).toEqual(['text']);
    });

    test.each(['low', 'medium', 'high', 'xhigh', 'max'] as const)(
      'reasoning %s is taken',
      async (reasoning) => {
        const result = await generateText({ model: open().model(), prompt: 'Hello', reasoning });
        expect(result.finishReason).toBe('stop');
        expect(result.text).toMatch(/emulat/i);
      },
    );

    test.each<[string, object]>([
      ['the portable setting', { reasoning: 'high' }],
      ['the provider option', { providerOptions: face.thinking }],
    ])('a loop of tools goes through with it: %s', async (_name, setting) => {
      const asked = {
        model: open().model(),
        prompt: 'Think and look',
        tools: { weather },
        stopWhen: isStepCount(5),
        ...setting,
      };
      const whole = await generateText(asked);
      expect(whole.steps.map(({ content }) => content.map(({ type }) => type))).toEqual([
        ['reasoning', 'text', 'tool-call', 'tool-result'],
        ['text'],
      ]);
      expect(whole.steps[0]?.reasoningText).toBe('The user wants the weather.');
      expect(whole.text).toBe('It is 21 degrees.');
      const stream = streamText(asked);
      expect(await stream.text).toBe('It is 21 degrees.');
      expect((await stream.steps)[0]?.reasoningText).toBe('The user wants the weather.');
    });

    test('an answer with reasoning goes back, and the conversation goes on', async () => {
      const setting = { providerOptions: face.thinking };
      const { model } = open();
      const messages: ModelMessage[] = [{ role: 'user', content: 'Think about it' }];
      const first = streamText({ model: model(), messages, ...setting });
      expect(await first.text).toBe('I thought about it.');
      messages.push(...(await first.responseMessages));
      messages.push({ role: 'user', content: 'And now something else altogether' });
      const next = await generateText({ model: model(), messages, ...setting });
      expect(next.text).toContain('And now something else');
      const plain = await generateText({ model: model(), messages });
      expect(plain.finishReason).toBe('stop');
    });

    test('settings that thinking forbids do not break it', async () => {
      const result = await generateText({
        model: open().model(),
        prompt: 'Think about it',
        reasoning: 'medium',
        temperature: 0.2,
      });
      expect(result.text).toBe('I thought about it.');
    });
  });
}
