import type { ConversationView } from '../answer/conversation-view.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import type { Tokenizer } from '../tokens/split-tokens.ts';
import { countTokens, splitTokens } from '../tokens/split-tokens.ts';

/** What was thought, and the shorter text that is shown of it (API reference §7.2). */
export interface Reasoning {
  readonly reasoning: string;
  readonly summary: string;
}

const QUOTED_WORDS = 10;
/** Of the steps between the first and the last sentence, one in this many is shown. */
const STEPS_A_SUMMARY_STEP = 3;

const openings: readonly [string, ...string[]] = [
  'This is emulated thinking; no model was asked.',
  'No model thinks here: the emulator fills this block so that clients can be tested.',
];

/** What a step says of a word of the request. It claims nothing of what the word means. */
const steps: readonly [Step, ...Step[]] = [
  (word) => `The word “${word}” stands in what was sent, and an emulator has no opinion of it.`,
  (word) => `Next comes “${word}”; it is noted, counted and left as it is.`,
  (word) => `A model would weigh “${word}” at this point, while these lines only take its place.`,
  (word) => `As for “${word}”, nothing was looked up, so nothing can be said.`,
  (word) => `Then “${word}”: one more token or two of emulated reasoning.`,
  (word) => `Whether “${word}” matters cannot be told without a model.`,
];
type Step = (word: string) => string;

/** Writes emulated reasoning of at most so many tokens, and its summary. */
export function writeReasoning(
  view: ConversationView,
  tokens: number,
  random: DeterministicRandom,
): Reasoning {
  const opening = random.pick(openings);
  const sentences = [opening, aboutConversation(view)];
  const shown = [...sentences];
  let used = countTokens(sentences.join(' '));
  for (let step = 0; ; step += 1) {
    const word = view.words[step % view.words.length] ?? '';
    const sentence = random.pick(steps)(word);
    used += countTokens(` ${sentence}`);
    if (used > tokens) break;
    sentences.push(sentence);
    if (step % STEPS_A_SUMMARY_STEP === 0) shown.push(sentence);
  }
  return { reasoning: cutTo(sentences.join(' '), tokens), summary: cutTo(shown.join(' '), tokens) };
}

/** The first tokens of a text. */
export function cutTo(text: string, tokens: number, tokenizer?: Tokenizer): string {
  return splitTokens(text, tokenizer).slice(0, Math.max(0, tokens)).join('');
}

function aboutConversation(view: ConversationView): string {
  const turns = `${String(view.userTurns)} user ${view.userTurns === 1 ? 'turn' : 'turns'}`;
  const { length: results } = view.results;
  if (results > 0) {
    return `After ${turns}, ${results === 1 ? 'a tool result has' : 'tool results have'} come back.`;
  }
  const quoted = view.lastText.split(' ', QUOTED_WORDS).join(' ');
  const counted = `There ${view.userTurns === 1 ? 'is' : 'are'} ${turns}`;
  return quoted === ''
    ? `${counted} and no text to quote.`
    : `${counted}, and the last text begins “${quoted}”.`;
}
