import type { JsonObject } from '../std/json.ts';

/** One example of what to ask a model, before a model is named in it. */
export interface WorkersAiExample {
  readonly name: string;
  readonly description: string;
  readonly input: JsonObject;
}

/** An example as seeds 000 and 001 have it; the members of `input` are in their order. */
interface DescribedExample extends WorkersAiExample {
  /** What it shows where the model has no `temperature`. */
  readonly descriptionUnsampled?: string;
}

const MAX_TOKENS = 1024;

const examples: readonly DescribedExample[] = [
  {
    name: 'Simple Question',
    description: 'Basic message request',
    input: {
      messages: [{ role: 'user', content: 'What are the three laws of thermodynamics?' }],
      max_tokens: MAX_TOKENS,
    },
  },
  {
    name: 'With System Message',
    description: 'Using a system message to set context',
    input: {
      system: 'You are a helpful coding assistant specializing in Python.',
      messages: [{ role: 'user', content: 'How do I read a JSON file in Python?' }],
      max_tokens: MAX_TOKENS,
      temperature: 0.3,
    },
  },
  {
    name: 'Multi-turn Conversation',
    description: 'Continuing a conversation with context',
    input: {
      messages: [
        {
          role: 'user',
          content: 'I need help planning a road trip from San Francisco to Los Angeles.',
        },
        {
          role: 'assistant',
          content:
            "I'd be happy to help! The drive is about 380 miles and takes roughly 5-6 hours. Would you like suggestions for scenic routes or interesting stops along the way?",
        },
        { role: 'user', content: 'Yes, what are some good places to stop?' },
      ],
      max_tokens: MAX_TOKENS,
    },
  },
  {
    name: 'Creative Writing',
    description: 'Higher temperature for creative output',
    descriptionUnsampled: 'A short piece of creative output',
    input: {
      messages: [
        {
          role: 'user',
          content: 'Write a short story opening about a detective finding an unusual clue.',
        },
      ],
      max_tokens: 512,
      temperature: 0.8,
    },
  },
  {
    name: 'Streaming Response',
    description: 'Enable streaming for real-time output',
    input: {
      messages: [
        { role: 'user', content: 'Explain the concept of recursion with a simple example.' },
      ],
      max_tokens: MAX_TOKENS,
      stream: true,
    },
  },
];

/** Seed 001 writes the system prompt after the messages, seed 000 before them. */
const orders = {
  'system-first': ['system', 'messages', 'max_tokens', 'temperature', 'stream'],
  'messages-first': ['messages', 'max_tokens', 'system', 'temperature', 'stream'],
} as const;

export type InputOrder = keyof typeof orders;

/** The five examples for a model: without samplers where it has none, members in an order. */
export function workersAiExamples(
  { acceptsSamplers }: { readonly acceptsSamplers: boolean },
  order: InputOrder,
): readonly WorkersAiExample[] {
  return examples.map(({ name, description, descriptionUnsampled, input }) => ({
    name,
    description: acceptsSamplers ? description : (descriptionUnsampled ?? description),
    input: inOrder(input, acceptsSamplers ? orders[order] : withoutSamplers(orders[order])),
  }));
}

function withoutSamplers(members: readonly string[]): readonly string[] {
  return members.filter((name) => name !== 'temperature');
}

function inOrder(input: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(
    members.flatMap((name) => {
      const value = input[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
