import type { ModelMessage, Tool, ToolSet, TypedToolCall } from 'ai';
import { generateText, isStepCount, streamText, tool } from 'ai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AiSdkConnection, AiSdkFace } from './ai-sdk-face.ts';
import { collect } from './ai-sdk-face.ts';

interface Place {
  readonly city: string;
  readonly unit: 'c' | 'f';
}

/** A tool that any city can be asked for. */
export const weather: Tool<Place, Place & { readonly degrees: number }> = tool({
  description: 'Weather of a city',
  inputSchema: z.object({ city: z.string(), unit: z.enum(['c', 'f']) }),
  execute: ({ city, unit }) => ({ city, unit, degrees: 21 }),
});
const clock = tool({
  description: 'The time of day',
  inputSchema: z.object({}),
  execute: () => 'It is noon.',
});
const broken = tool({
  description: 'A tool that fails',
  inputSchema: z.object({ part: z.string() }),
  execute: ({ part }): string => {
    throw new Error(`The ${part} came off`);
  },
});
const booking = tool({
  description: 'Books a table',
  inputSchema: z.object({
    guests: z.number().int().min(2).max(12),
    day: z.enum(['today', 'tomorrow']),
    name: z.string().min(3),
    wishes: z.array(z.string()).max(2).optional(),
    seat: z.union([z.object({ row: z.number() }), z.literal('any')]),
    note: z.string().nullable(),
  }),
  execute: ({ guests, day }) => `A table for ${String(guests)} ${day}`,
});

/** Calls of tools, their results, and loops of both. */
export function describeTools(face: AiSdkFace, open: () => AiSdkConnection): void {
  describe('tools', () => {
    test('a loop: the tool is called, its result goes back, and an answer ends it', async () => {
      const { model } = open();
      const result = await generateText({
        model: model(),
        prompt: 'What is the weather like in the city of Lisbon today?',
        tools: { weather },
        stopWhen: isStepCount(5),
      });
      expect(result.steps.map((step) => step.finishReason)).toEqual(['tool-calls', 'stop']);
      expect(result.steps[0]?.rawFinishReason).toBe(face.endings.tools);
      const [call] = result.toolCalls;
      expect(call).toMatchObject({
        toolName: 'weather',
        input: { city: expect.any(String) as string },
      });
      expect(call?.toolCallId).toMatch(/^toolu_/);
      expect(result.toolResults).toHaveLength(1);
      expect(result.text).toContain('The tool returned its result: “{"city":');
      const [first, second] = result.steps;
      expect(second?.usage.inputTokens).toBeGreaterThan(first?.usage.inputTokens ?? Infinity);
    });

    test('a streamed loop: the arguments arrive in pieces that make the call', async () => {
      const { model } = open();
      const stream = streamText({
        model: model(),
        prompt: 'What is the weather like in the city of Lisbon today?',
        tools: { weather },
        stopWhen: isStepCount(5),
      });
      const parts = await collect(stream.stream);
      const input = parts.map((part) => (part.type === 'tool-input-delta' ? part.delta : ''));
      const [call] = await stream.toolCalls;
      expect(call?.invalid).toBeUndefined();
      expect(JSON.parse(input.join(''))).toEqual(call?.input);
      expect(await stream.text).toContain('The tool returned its result: “{"city":');
      expect((await stream.steps).map((step) => step.finishReason)).toEqual(['tool-calls', 'stop']);
      const kinds = new Set(parts.map(({ type }) => type));
      for (const kind of [
        'tool-input-start',
        'tool-input-end',
        'tool-call',
        'tool-result',
      ] as const)
        expect(kinds).toContain(kind);
      expect(kinds).not.toContain('error');
    });

    test.each(['generate', 'stream'] as const)('%s: calls at once go back at once', async (how) => {
      const { model, bodies } = open();
      const asked = {
        model: model(),
        prompt: 'Compare Lisbon and Porto',
        tools: { weather },
        stopWhen: isStepCount(5),
      };
      const steps =
        how === 'generate' ? (await generateText(asked)).steps : await streamText(asked).steps;
      expect(steps.map(({ text }) => text)).toEqual(['Let me look at both.', 'Porto is cooler.']);
      const calls = steps[0]?.toolCalls ?? [];
      expect(calls.map(({ input }) => input)).toEqual([
        { city: 'Lisbon', unit: 'c' },
        { city: 'Porto', unit: 'f' },
      ]);
      expect(new Set(calls.map(({ toolCallId }) => toolCallId)).size).toBe(2);
      const sent = JSON.stringify(bodies.at(-1)?.['messages']);
      for (const { toolCallId } of calls) expect(sent.split(toolCallId)).toHaveLength(3);
    });

    test.each(['generate', 'stream'] as const)('%s: one call leads to the next', async (how) => {
      const { model } = open();
      const asked = {
        model: model(),
        prompt: 'First the weather and then the time',
        tools: { weather, clock },
        stopWhen: isStepCount(5),
      };
      const steps =
        how === 'generate' ? (await generateText(asked)).steps : await streamText(asked).steps;
      expect(steps.map(({ finishReason }) => finishReason)).toEqual([
        'tool-calls',
        'tool-calls',
        'stop',
      ]);
      const called = steps.flatMap(({ toolCalls }) => toolCalls);
      expect(called.map(({ toolName, input }) => [toolName, input])).toEqual([
        ['weather', { city: 'Faro', unit: 'c' }],
        ['clock', {}],
      ]);
      expect(steps.at(-1)?.text).toBe('Noon and 21 degrees.');
    });

    test('a conversation goes on after a loop', async () => {
      const { model } = open();
      const messages: ModelMessage[] = [{ role: 'user', content: 'Compare Lisbon and Porto' }];
      const tools = { weather };
      const first = await generateText({
        model: model(),
        messages,
        tools,
        stopWhen: isStepCount(5),
      });
      messages.push(...first.responseMessages, {
        role: 'user',
        content: 'Thank you, and now tell me what else there is',
      });
      const next = streamText({ model: model(), messages, tools, toolChoice: 'none' });
      expect(await next.text).toContain('Thank you, and now tell me');
      expect(await next.finishReason).toBe('stop');
      const without = await generateText({ model: model(), messages });
      expect(without.finishReason).toBe('stop');
    });

    test('what a failing tool says goes back, and the loop goes on', async () => {
      const { model, bodies } = open();
      const result = await generateText({
        model: model(),
        prompt: 'Break it',
        tools: { broken },
        stopWhen: isStepCount(5),
      });
      expect(result.text).toBe('The lever is broken.');
      expect(result.steps[0]?.content.map(({ type }) => type)).toContain('tool-error');
      expect(JSON.stringify(bodies.at(-1)?.['messages'])).toContain('The lever came off');
    });

    test('arguments satisfy a schema of many kinds', async () => {
      const { model } = open();
      const asked = {
        model: model(),
        tools: { booking },
        toolChoice: { type: 'tool', toolName: 'booking' } as const,
      };
      for (const prompt of ['A table', 'Two tables', 'For a party of many', 'By the window']) {
        const { toolCalls } = await generateText({ ...asked, prompt });
        const streamed = await streamText({ ...asked, prompt }).toolCalls;
        for (const calls of [toolCalls, streamed]) {
          expect(calls).toHaveLength(1);
          expect(calls[0]?.invalid).toBeUndefined();
        }
      }
    });
  });

  describeChoices(open);
}

function describeChoices(open: () => AiSdkConnection): void {
  const tools = { weather, clock };
  const namesOf = (calls: readonly TypedToolCall<ToolSet>[]): readonly string[] =>
    calls.map(({ toolName }) => toolName);
  const asked = (prompt: string) => ({ model: open().model(), prompt, tools });

  describe('toolChoice', () => {
    test('required: a tool is called whatever was said', async () => {
      for (const prompt of ['Hello, Claude', 'Tell me a story without any tool']) {
        const whole = await generateText({ ...asked(prompt), toolChoice: 'required' });
        expect(whole.finishReason).toBe('tool-calls');
        expect(whole.toolCalls.length).toBeGreaterThan(0);
        const streamed = streamText({ ...asked(prompt), toolChoice: 'required' });
        expect(await streamed.finishReason).toBe('tool-calls');
        expect((await streamed.toolCalls).length).toBeGreaterThan(0);
      }
    });

    test.each(['weather', 'clock'] as const)('a named tool is the one: %s', async (toolName) => {
      const choice = { toolChoice: { type: 'tool', toolName } as const };
      const whole = await generateText({ ...asked('Hello, Claude'), ...choice });
      expect(namesOf(whole.toolCalls)).toEqual([toolName]);
      const streamed = streamText({ ...asked('Hello, Claude'), ...choice });
      expect(namesOf(await streamed.toolCalls)).toEqual([toolName]);
    });

    test('none: no tool is called, although there are some', async () => {
      for (const prompt of ['Hello, Claude', 'Do call the weather tool now']) {
        const whole = await generateText({ ...asked(prompt), toolChoice: 'none' });
        expect(whole.content.map(({ type }) => type)).toEqual(['text']);
        const streamed = streamText({ ...asked(prompt), toolChoice: 'none' });
        expect(await streamed.finishReason).toBe('stop');
        expect(await streamed.text).toMatch(/emulat/i);
        expect(await streamed.toolCalls).toEqual([]);
      }
    });

    test('auto: a step may choose otherwise than the one before', async () => {
      const result = await generateText({
        ...asked('Compare Lisbon and Porto'),
        stopWhen: isStepCount(5),
        prepareStep: ({ stepNumber }) =>
          stepNumber === 0 ? { toolChoice: 'required' } : { toolChoice: 'none' },
      });
      expect(result.text).toBe('Porto is cooler.');
    });
  });
}
