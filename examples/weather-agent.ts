import Anthropic from '@anthropic-ai/sdk';

/*
 * What the tests beside this file test: an agent of the smallest kind. It asks Claude a question
 * with one tool, runs the tool when asked to, and returns the words of the last answer.
 */

const tools: Anthropic.Tool[] = [
  {
    name: 'get_weather',
    description: 'The weather in a city, now.',
    input_schema: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
];

/** Answers a question about the weather, which `lookUp` knows. */
export async function askAboutWeather(
  api: { readonly baseURL: string; readonly apiKey: string },
  question: string,
  lookUp: (city: string) => string,
): Promise<string> {
  const client = new Anthropic({ baseURL: api.baseURL, apiKey: api.apiKey });
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }];
  for (;;) {
    const answer = await client.messages.create({
      model: 'claude-sonnet-4-6',
      max_tokens: 1024,
      tools,
      messages,
    });
    if (answer.stop_reason !== 'tool_use') {
      return answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    }
    const calls = answer.content.filter((block) => block.type === 'tool_use');
    messages.push(
      { role: 'assistant', content: answer.content },
      {
        role: 'user',
        content: calls.map(({ id, input }) => ({
          type: 'tool_result',
          tool_use_id: id,
          content: lookUp((input as { city: string }).city),
        })),
      },
    );
  }
}
