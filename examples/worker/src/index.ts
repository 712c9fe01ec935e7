import { isStepCount, streamText, tool } from 'ai';
import { createWorkersAI } from 'workers-ai-provider';
import { anthropic } from 'workers-ai-provider/anthropic';
import { z } from 'zod';

/*
 * A Worker as it is deployed: it knows env.AI and nothing of what stands behind it.
 *
 *   /ask?q=…      the whole answer, as JSON
 *   /stream?q=…   the answer as it comes, as server-sent events
 *   /agent?q=…    an agent with a tool, with the Vercel AI SDK, as text
 */

interface Env {
  readonly AI: Ai;
}

const MODEL = 'anthropic/claude-sonnet-4.6';
const OUTPUT_TOKENS_MAX = 1024;
const STEPS_MAX = 5;

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const question = searchParams.get('q') ?? 'How is the weather in Oslo?';
    switch (pathname) {
      case '/ask':
        return Response.json(await ask(env, question));
      case '/stream':
        return stream(env, question);
      case '/agent':
        return runAgent(env, question);
      default:
        return new Response('Ask with /ask?q=, /stream?q= or /agent?q=\n', { status: 404 });
    }
  },
} satisfies ExportedHandler<Env>;

async function ask(env: Env, question: string): Promise<Record<string, unknown>> {
  return env.AI.run(
    MODEL,
    { messages: [{ role: 'user', content: question }], max_tokens: OUTPUT_TOKENS_MAX },
    { gateway: { id: 'default' } },
  );
}

async function stream(env: Env, question: string): Promise<Response> {
  const events = await env.AI.run(
    MODEL,
    {
      messages: [{ role: 'user', content: question }],
      max_tokens: OUTPUT_TOKENS_MAX,
      stream: true,
    },
    { gateway: { id: 'default' } },
  );
  // The types of the binding do not know yet that a stream comes back.
  return new Response(events as unknown as ReadableStream, {
    headers: { 'content-type': 'text/event-stream' },
  });
}

const getWeather = tool({
  description: 'The weather in a city, now.',
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => ({ city, weather: 'rain', celsius: 7 }),
});

function runAgent(env: Env, question: string): Response {
  const workersAI = createWorkersAI({ binding: env.AI, providers: [anthropic] });
  const result = streamText({
    model: workersAI(MODEL),
    prompt: question,
    // Left alone, the SDK asks for more than this model takes.
    maxOutputTokens: OUTPUT_TOKENS_MAX,
    tools: { get_weather: getWeather },
    stopWhen: isStepCount(STEPS_MAX),
    // The answer has begun by then: what went wrong is said where the Worker runs.
    onError: ({ error }) => {
      console.error(String(error));
    },
  });
  return result.toTextStreamResponse();
}
