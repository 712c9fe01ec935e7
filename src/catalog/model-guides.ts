/**
 * What each model is for, by the registry's id: only what its record and its line say of it, since
 * nothing here was measured. Seed 004, "When to use", has the words on Sonnet 4.6. Models that were
 * retired have none: another one is to be used in their place.
 */
export const modelGuides: Readonly<Record<string, readonly string[]>> = {
  'claude-opus-5': [
    'Deeper reasoning across long contexts: large codebases, research, long agent tasks in a window of a million tokens.',
    'Where a wrong answer costs more than a slow one: effort levels trade depth for speed, and there is a fast mode in beta.',
    'It thinks when a request asks for it; cached prompts may be as short as 512 tokens.',
  ],
  'claude-sonnet-5': [
    'The default of its generation: start here, benchmark against larger and smaller models later.',
    'Coding and agents that use tools, in a window of a million tokens.',
    'It decides by itself how long to think: turn thinking off where an answer has to begin at once.',
  ],
  'claude-fable-5': [
    'Problems that need the most thought and leave time for it: it thinks before every answer, and that cannot be turned off.',
    'What smaller models of its generation do not solve: go up to it, do not start with it.',
    'A window of a million tokens; cached prompts may be as short as 512 tokens.',
  ],
  'claude-opus-4-8': [
    'Complex coding and agent tasks in a window of a million tokens.',
    'Agents whose instructions change on the way: messages of the role `system` may stand within a conversation.',
    'Adaptive thinking with effort levels, and a fast mode in beta.',
  ],
  'claude-opus-4-7': [
    'Deeper reasoning across long contexts: large codebases, research, long agent tasks in a window of a million tokens.',
    'Detailed pictures and screenshots: it sees them with up to 2,576 pixels a side.',
    'Adaptive thinking only and no samplers: look at what code for earlier models sends.',
  ],
  'claude-sonnet-4-6': [
    'Default Anthropic mid-tier — start here, benchmark against Opus / Haiku later.',
    'Code generation / refactoring / structured extraction where Haiku is too imprecise.',
    'Tool-heavy agents where parallel tool calls and tight argument JSON matter.',
  ],
  'claude-opus-4-6': [
    'Long coding and agent tasks of programs that set samplers or a thinking budget: no later Opus takes either.',
    'It thinks by a budget or adaptively, with effort levels; there is a fast mode in beta.',
    'It takes no prefill: a conversation ends with the words of the user.',
  ],
  'claude-opus-4-5-20251101': [
    'Coding, agents and computer use.',
    'Programs that begin the answer themselves: it is the last Opus that takes a prefill.',
    'It thinks by a budget, and effort levels trade depth for speed.',
  ],
  'claude-haiku-4-5-20251001': [
    'High throughput at low cost: routing, extraction, classification, short answers.',
    'Sub-tasks of an agent that a larger model directs.',
    'It sees pictures, and thinks by a budget where a task needs it.',
  ],
  'claude-sonnet-4-5-20250929': [
    'Agents, coding and computer use that were tuned on it.',
    'Programs that begin the answer themselves: it is the last Sonnet that takes a prefill.',
    'It thinks by a budget, and has no effort levels.',
  ],
  'claude-opus-4-1-20250805': [
    'Agent tasks, coding and reasoning that were tuned on it: new work costs less with a later Opus.',
    'It thinks by a budget, and takes a prefill as well as structured outputs.',
  ],
  'claude-opus-4-20250514': [
    'Long coding and agent tasks that were tuned on it: new work costs less with a later Opus.',
    'It thinks by a budget and takes a prefill, but no structured outputs.',
  ],
  'claude-sonnet-4-20250514': [
    'Coding and reasoning that were tuned on it: for the same list price Sonnet 4.5 has structured outputs too.',
    'It thinks by a budget and takes a prefill, but no structured outputs.',
  ],
};
