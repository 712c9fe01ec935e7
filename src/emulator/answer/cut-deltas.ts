import type { CutText } from '../../messages/expand-message.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import { splitTokens } from '../tokens/split-tokens.ts';

const DELTA_TOKENS_MAX = 6;

/** A way to cut a text into deltas of one to six tokens, as the API's are. */
export function cutDeltas(random: DeterministicRandom): CutText {
  return (text) => {
    const tokens = splitTokens(text);
    const deltas: string[] = [];
    for (let at = 0; at < tokens.length;) {
      const end = at + random.between(1, DELTA_TOKENS_MAX);
      const delta = tokens.slice(at, end).join('');
      // A token may be no more than a part of a character.
      if (delta !== '') deltas.push(delta);
      at = end;
    }
    return deltas;
  };
}
