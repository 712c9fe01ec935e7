import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import { isSealedBlock, sealOf } from './check-seals.ts';
import { latestTurn } from './latest-turn.ts';
import type { SealedThinking } from './seal-thinking.ts';
import { digestOf, sealThinking } from './seal-thinking.ts';

const ANSWER_NAME_BYTES = 12;

/** What all seals of one answer have in common. */
export interface SealedAnswer {
  readonly signingKey: Uint8Array;
  readonly model: string;
  /** The conversation that is answered. */
  readonly messages: readonly MessageParam[];
  /** How many blocks will be sealed. */
  readonly count: number;
}

/** Seals the thinking blocks of one answer, one after the other. */
export class AnswerSealer {
  readonly #answer: SealedAnswer;
  readonly #name: string;
  readonly #previous: string;
  #ordinal = 0;

  constructor(answer: SealedAnswer, random: DeterministicRandom) {
    this.#answer = answer;
    this.#name = Buffer.from(random.bytes(ANSWER_NAME_BYTES)).toString('base64');
    this.#previous = previousSeal(answer.messages);
  }

  /** The signature or data of the next block: what of it is shown, and all that was thought. */
  seal(kind: SealedThinking['kind'], shown: string, reasoning: string): string {
    const { signingKey, model, count } = this.#answer;
    const ordinal = this.#ordinal;
    this.#ordinal += 1;
    return sealThinking(signingKey, {
      kind,
      model,
      answer: this.#name,
      ordinal,
      count,
      previous: this.#previous,
      shown: kind === 'thinking' ? digestOf(shown) : '',
      reasoning,
    });
  }
}

/** Digest of the last seal in the turn that an answer goes on with; empty where it begins one. */
function previousSeal(messages: readonly MessageParam[]): string {
  const turn = latestTurn(messages);
  if (!turn.isOpen) return '';
  const last = messages
    .slice(turn.start)
    .flatMap((message) => (message.role === 'assistant' ? blocksOf(message) : []))
    .findLast(isSealedBlock);
  return last === undefined ? '' : digestOf(sealOf(last));
}
