import { sonnet4Outputs } from './sonnet-4-outputs.ts';
import type { InputOrder } from './workers-ai-examples.ts';

/** What the Workers AI catalog says of a model that nothing else in the registry does. */
export interface WorkersAiPresentation {
  readonly description: string;
  readonly tags: readonly string[];
  /** Whether its author keeps nothing of what is sent. */
  readonly zdr: boolean;
  readonly externalInfo: string;
  /** What its page says of prices; the figures are in the record. */
  readonly pricingNote?: string;
  readonly inputOrder?: InputOrder;
  /** What the model once said to its examples, by their names. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** A model that is served and not shown. */
  readonly isPrivate?: true;
  /** The day from which it is not listed any more: `YYYY-MM-DD`. */
  readonly plannedDeprecationDate?: string;
}

const base = ['LLM', 'Coding'] as const;
const agentic = [...base, 'Reasoning', 'Agentic'] as const;
const professional = [...agentic, 'Enterprise', 'Financial Analysis', 'Legal'] as const;

const page = 'https://www.anthropic.com/claude';
const sonnet = { tags: agentic, externalInfo: `${page}/sonnet` } as const;
const opus = { tags: agentic, externalInfo: `${page}/opus` } as const;

/** By the registry's id. Seeds 000 and 001 have the words on Sonnet 4.6 and Sonnet 4. */
export const workersAiPresentations: Readonly<Record<string, WorkersAiPresentation>> = {
  'claude-opus-5': {
    ...opus,
    tags: professional,
    description:
      'Claude Opus 5 is the Opus model for long, demanding work: agents, large codebases and professional analysis in a window of a million tokens.',
    zdr: false,
  },
  'claude-sonnet-5': {
    ...sonnet,
    description:
      'Claude Sonnet 5 balances speed and depth for coding, agents and everyday work, and decides by itself how long to think.',
    zdr: false,
  },
  'claude-fable-5': {
    description:
      'Claude Fable 5 is the largest model of its generation, for problems that need the most thought; it always thinks before it answers.',
    tags: agentic,
    externalInfo: 'https://platform.claude.com/docs/en/about-claude/models/overview',
    zdr: false,
  },
  'claude-opus-4-8': {
    ...opus,
    description:
      'Claude Opus 4.8 handles complex coding and agent tasks with adaptive thinking and a window of a million tokens.',
    zdr: true,
  },
  'claude-opus-4-7': {
    ...opus,
    description:
      'Claude Opus 4.7 brings adaptive thinking and sharper vision to complex coding and long agent tasks.',
    zdr: true,
  },
  'claude-sonnet-4-6': {
    ...sonnet,
    description:
      "Claude Sonnet 4.6 is Anthropic's latest balanced model offering strong coding, reasoning, and agentic capabilities with improved instruction following.",
    zdr: true,
  },
  'claude-opus-4-6': {
    ...opus,
    description:
      'Claude Opus 4.6 plans carefully and stays with long agent and coding tasks; it thinks as long as a task asks for.',
    zdr: true,
  },
  'claude-opus-4-5-20251101': {
    ...opus,
    description:
      'Claude Opus 4.5 is made for coding, agents and computer use, with an effort setting that trades depth for speed.',
    zdr: true,
  },
  'claude-haiku-4-5-20251001': {
    description:
      'Claude Haiku 4.5 is the small, fast model of its generation: close to larger ones in coding, at a fraction of their cost.',
    tags: [...base, 'Fast', 'Cost-Efficient'],
    externalInfo: `${page}/haiku`,
    zdr: true,
  },
  'claude-sonnet-4-5-20250929': {
    ...sonnet,
    description:
      'Claude Sonnet 4.5 is a balanced model for agents, coding and computer use, with extended thinking.',
    zdr: false,
  },
  'claude-opus-4-1-20250805': {
    ...opus,
    description: 'Claude Opus 4.1 refines Opus 4 for agent tasks, real-world coding and reasoning.',
    zdr: false,
  },
  'claude-opus-4-20250514': {
    ...opus,
    description:
      'Claude Opus 4 was the first large model of the Claude 4 generation, for long coding and agent tasks.',
    zdr: false,
  },
  'claude-sonnet-4-20250514': {
    ...sonnet,
    description:
      'Claude Sonnet 4 delivers superior coding and reasoning while responding more precisely to instructions, a significant upgrade over previous versions.',
    zdr: false,
    pricingNote: 'View pricing in the Cloudflare dashboard',
    inputOrder: 'messages-first',
    outputs: sonnet4Outputs,
  },
};
