import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openAiClient } from '../support/openai-client.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** JSON that is asked for in words, through the official OpenAI client. */

const asked = {
  model: 'anthropic/claude-sonnet-4.6',
  max_tokens: 4096,
  messages: [{ role: 'user' as const, content: 'A person, as JSON' }],
};
const Person = z.object({
  name: z.string(),
  age: z.number().int().min(0).max(150),
  tags: z.array(z.enum(['a', 'b'])),
  home: z.object({ city: z.string() }).nullable(),
});

let gateway: TestGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = openAiClient(gateway);
});
afterAll(() => gateway.stop());

describe('JSON without a schema on the wire', () => {
  test('json_object gives an object, and no fence around it', async () => {
    const json = {
      ...asked,
      response_format: { type: 'json_object' as const },
    };
    const { choices } = await client.chat.completions.create(json);
    const { content } = choices[0]?.message ?? {};
    expect(content).not.toContain('```');
    expect(JSON.parse(content ?? '')).toMatchObject({ emulated: true });
    const streamed = await client.chat.completions.stream(json).finalContent();
    expect(streamed).toBe(content);
  });

  test('json_object gives what a schema in the prompt describes', async () => {
    const schema = JSON.stringify(z.toJSONSchema(Person));
    for (const role of ['system', 'developer', 'user'] as const) {
      const { choices } = await client.chat.completions.create({
        ...asked,
        messages: [
          { role, content: `It has to fit ${schema}` },
          ...(role === 'user' ? [] : asked.messages),
        ],
        response_format: { type: 'json_object' },
      });
      const [choice] = choices;
      expect(choice?.finish_reason).toBe('stop');
      const person: unknown = JSON.parse(choice?.message.content ?? '');
      expect(Person.parse(person)).toEqual(person);
    }
  });

  test.each(['claude-sonnet-4-0', 'anthropic/claude-sonnet-4.6'])(
    'a schema that %s does not hold to gives what it describes',
    async (name) => {
      const { choices } = await client.chat.completions.create({
        ...asked,
        model: name,
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'prices',
            schema: { type: 'object', minProperties: 1, additionalProperties: { type: 'number' } },
          },
        },
      });
      const prices = z.record(z.string(), z.number());
      expect(prices.safeParse(JSON.parse(choices[0]?.message.content ?? '')).success).toBe(true);
    },
  );
});
