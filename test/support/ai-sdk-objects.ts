import {
  generateObject,
  generateText,
  isStepCount,
  NoObjectGeneratedError,
  Output,
  streamObject,
  streamText,
} from 'ai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AiSdkConnection } from './ai-sdk-face.ts';
import { collect, failureOf } from './ai-sdk-face.ts';
import { weather } from './ai-sdk-tools.ts';

const recipe = z.object({
  name: z.string(),
  kind: z.enum(['soup', 'cake', 'salad']),
  vegetarian: z.boolean(),
  minutes: z.number(),
  author: z.object({ name: z.string(), email: z.email().nullable() }),
  ingredients: z.array(z.object({ name: z.string(), grams: z.number().int() })),
  heat: z.union([z.object({ celsius: z.number() }), z.literal('none')]),
});
/** What a schema of the wire cannot say stands in its descriptions, and is checked by the client. */
const bounded = z.object({
  servings: z.number().int().min(2).max(6),
  title: z.string().min(5).max(40),
  steps: z.array(z.string()).min(2).max(4),
});
const prompts = ['A recipe', 'Something sweet', 'For four guests', 'Quick, please', 'The best one'];

/** Objects, arrays and choices that a schema describes, where the connection asks for them by schema. */
export function describeObjects(open: () => AiSdkConnection): void {
  describe('structured output', () => {
    test.each(prompts)('an object satisfies its schema, streamed and not: %s', async (prompt) => {
      const asked = { model: open().model(), prompt, output: Output.object({ schema: recipe }) };
      const { output, finishReason } = await generateText(asked);
      expect(recipe.parse(output)).toEqual(output);
      expect(finishReason).toBe('stop');
      const stream = streamText(asked);
      const partial = await collect(stream.partialOutputStream);
      expect(partial.length).toBeGreaterThan(1);
      expect(partial.at(-1)).toEqual(output);
      expect(await stream.output).toEqual(output);
    });

    test.each(prompts)('so do objects with bounds: %s', async (prompt) => {
      const output = Output.object({ schema: bounded });
      const result = await generateText({ model: open().model(), prompt, output });
      expect(bounded.safeParse(result.output).error).toBeUndefined();
    });

    test.each(prompts)('an array has as many elements as it may: %s', async (prompt) => {
      const element = z.object({ name: z.string(), degrees: z.number() });
      const output = Output.array({ element, minItems: 2, maxItems: 3 });
      const asked = { model: open().model(), prompt, output };
      const result = await generateText(asked);
      expect([2, 3]).toContain(result.output.length);
      expect(z.array(element).parse(result.output)).toEqual(result.output);
      const elements = await collect(streamText(asked).elementStream);
      expect(elements).toEqual(result.output);
    });

    test('a choice is one of the options', async () => {
      const options = ['sunny', 'rainy', 'snowy'] as const;
      const output = Output.choice({ options: [...options] });
      for (const prompt of prompts) {
        const result = await generateText({ model: open().model(), prompt, output });
        expect(options).toContain(result.output);
        expect(await streamText({ model: open().model(), prompt, output }).output).toBe(
          result.output,
        );
      }
    });

    test('tools first, the object last', async () => {
      const asked = {
        model: open().model(),
        prompt: 'What is the weather like in the city of Lisbon today?',
        tools: { weather },
        stopWhen: isStepCount(5),
        output: Output.object({ schema: z.object({ summary: z.string(), warm: z.boolean() }) }),
      };
      const whole = await generateText(asked);
      expect(whole.steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
      expect(whole.output).toEqual({
        summary: expect.any(String) as string,
        warm: expect.any(Boolean) as boolean,
      });
      const streamed = await streamText(asked).output;
      expect(Object.keys(streamed)).toEqual(['summary', 'warm']);
    });

    test('an object that maxOutputTokens cuts is an error, and no object', async () => {
      const output = Output.object({ schema: recipe });
      const cut = { model: open().model(), prompt: 'A recipe', output, maxOutputTokens: 8 };
      const failure = await failureOf(generateText(cut));
      expect(NoObjectGeneratedError.isInstance(failure)).toBe(true);
      expect(failure).toMatchObject({ finishReason: 'length', usage: { outputTokens: 8 } });
    });

    test('the older calls for objects still work', async () => {
      const asked = { model: open().model(), prompt: 'A recipe', schema: recipe };
      const { object } = await generateObject(asked);
      expect(recipe.parse(object)).toEqual(object);
      const stream = streamObject(asked);
      const partial = await collect(stream.partialObjectStream);
      expect(partial.at(-1)).toEqual(object);
      expect(await stream.object).toEqual(object);
    });
  });
}
