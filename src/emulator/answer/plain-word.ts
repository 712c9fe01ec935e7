import type { ConversationView } from './conversation-view.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';

/** A word that is safe in a path, a URL and a command line. */
export function plainWord(view: ConversationView, random: DeterministicRandom): string {
  const words = view.words.filter((word) => /^[a-zA-Z0-9]+$/.test(word));
  return random.pick(words)?.toLowerCase() ?? 'example';
}
