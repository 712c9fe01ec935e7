import type { ConversationView } from './conversation-view.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';

/**
 * Writes what the emulator says. It never recognises a prompt: it says that it is emulated and
 * describes what it was sent, in sentences that the generator chooses among.
 */

const QUOTED_WORDS = 14;
const QUOTED_LETTERS = 90;
const BRIEF_WORDS = 2;
const BRIEF_LETTERS = 24;

type Variants = readonly [string, ...string[]];

const openings: Variants = [
  'This answer was written by an emulator, and no model was asked.',
  'No model was asked: these words come from the emulator that stands in for the API.',
  'You are reading emulated text; no model was asked to produce it.',
  'The emulator answers here, so no model was asked and nothing was looked up.',
];

const continuations: Variants = [
  ', and from here on the emulator carries on; no model was asked.',
  ', to which the emulator adds these words, since no model was asked.',
];

const closings: Variants = [
  'The same request gets the same answer every time, which makes it good to test against.',
  'Everything around these words behaves as the real service does: the events, the counts of tokens, the reasons for stopping.',
  'To hear from a real model, configure an upstream with a key and send the same request again.',
  'What a model would say cannot be told from this, but how its answer would arrive can.',
  'Its length varies a little from request to request, as the length of a real answer would.',
  'Nothing of what you sent has left this machine.',
];

/** The text of an answer. */
export function writeAnswer(view: ConversationView, random: DeterministicRandom): string {
  const opening = view.isContinued ? random.pick(continuations) : random.pick(openings);
  if (isBrief(view)) return `${opening} ${aboutText(view, random)}`;
  return [opening, ...aboutRequest(view, random), ...someOf(closings, random)].join(' ');
}

/** A word or two without anything else: whoever greets is answered with a line, not a page. */
function isBrief(view: ConversationView): boolean {
  const { lastText, results, imageCount, documentNames, isContinued } = view;
  if (isContinued || results.length > 0 || imageCount > 0 || documentNames.length > 0) return false;
  return (
    lastText !== '' && lastText.split(' ').length <= BRIEF_WORDS && lastText.length <= BRIEF_LETTERS
  );
}

/** A line before a tool is called. */
export function writePreamble(view: ConversationView, random: DeterministicRandom): string {
  return random.pick([
    'The emulator calls a tool next; no model was asked.',
    `No model was asked. What follows is an emulated call, chosen from ${counted(view.toolNames.length, 'tool')}.`,
    'Let the emulated tool call that follows stand for what a model would have done.',
  ]);
}

function aboutRequest(view: ConversationView, random: DeterministicRandom): readonly string[] {
  const sentences = [aboutText(view, random)];
  for (const result of view.results) sentences.push(aboutResult(result));
  if (view.imageCount > 0) {
    sentences.push(`The last message carried ${counted(view.imageCount, 'image')}.`);
  }
  if (view.documentNames.length > 0) sentences.push(aboutDocuments(view.documentNames));
  sentences.push(turnsOf(view), aboutSystem(view, random));
  if (view.toolNames.length > 0) {
    sentences.push(
      `On offer: ${counted(view.toolNames.length, 'tool')}, ${listed(view.toolNames)}.`,
    );
  }
  return sentences;
}

function aboutText(view: ConversationView, random: DeterministicRandom): string {
  const quoted = startOf(view.lastText);
  if (quoted === '') return 'There was no text from the user to quote.';
  return random.pick([
    `Your text begins “${quoted}”.`,
    `What you wrote starts with “${quoted}”.`,
    `The last thing you said was “${quoted}”, or began so.`,
  ]);
}

function aboutResult(result: ConversationView['results'][number]): string {
  const quoted = startOf(result.start);
  const kind = result.isError ? 'an error' : 'its result';
  if (quoted === '') return `The tool returned ${kind} without text.`;
  return `The tool returned ${kind}: “${quoted}”.`;
}

function aboutDocuments(names: readonly string[]): string {
  const named = names.filter((name) => name !== '').map((name) => `“${startOf(name)}”`);
  const titles = named.length === 0 ? '' : `, ${listed(named)}`;
  return `The last message carried ${counted(names.length, 'document')}${titles}.`;
}

function aboutSystem(view: ConversationView, random: DeterministicRandom): string {
  if (view.hasSystem) {
    return random.pick(['A system prompt came along.', 'The request had a system prompt.']);
  }
  return random.pick(['There was no system prompt.', 'No system prompt came along.']);
}

function turnsOf(view: ConversationView): string {
  return `The conversation has ${counted(view.userTurns, 'user turn')} so far.`;
}

function someOf(sentences: Variants, random: DeterministicRandom): readonly string[] {
  const count = random.between(1, 3);
  const start = random.below(sentences.length);
  return Array.from(
    { length: count },
    (_, step) => sentences[(start + step) % sentences.length] ?? '',
  );
}

/** The first words of a text, with dots where there is more. */
function startOf(text: string): string {
  const words = text.split(' ', QUOTED_WORDS).join(' ');
  const letters = Array.from(words).slice(0, QUOTED_LETTERS).join('');
  return letters.length < text.length ? `${letters.trimEnd()}…` : letters;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const LISTED_MAX = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_MAX);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${String(rest)} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
