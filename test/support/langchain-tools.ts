import type { ToolCall } from '@langchain/core/messages';
import { ToolMessage } from '@langchain/core/messages';
import type { StructuredToolInterface } from '@langchain/core/tools';
import { tool } from '@langchain/core/tools';
import { z } from 'zod';

/** What the tools of a test take, by their names. */
export const toolSchemas: Readonly<Record<'get_weather' | 'get_time', z.ZodType>> = {
  get_weather: z.object({
    city: z.string(),
    unit: z.enum(['celsius', 'fahrenheit']),
    days: z.number().int().min(1).max(7).optional(),
  }),
  get_time: z.object({ zone: z.string() }),
};

/** Tools as an application of LangChain has them: they say what they were called with. */
export const tools: StructuredToolInterface[] = Object.entries(toolSchemas).map(([name, schema]) =>
  tool((args) => `${name} with ${JSON.stringify(args)}`, {
    name,
    description: `Does as its name says: ${name}`,
    schema: schema as z.ZodObject,
  }),
);

/** Calls the tools and says what they returned, as messages of the conversation. */
export async function resultsOf(calls: readonly ToolCall[] = []): Promise<ToolMessage[]> {
  return Promise.all(
    calls.map(async (call) => {
      const called = tools.find(({ name }) => name === call.name);
      const result: unknown = await called?.invoke({ ...call, type: 'tool_call' });
      if (!ToolMessage.isInstance(result)) throw new Error(`no result of ${call.name}`);
      return result;
    }),
  );
}
