import type {
  RedactedThinkingBlock,
  RequestBlock,
  ThinkingBlock,
} from '../../messages/content-blocks.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import { ruleTexts } from '../rules/rule-texts.ts';
import { latestTurn } from './latest-turn.ts';
import type { OpenedSeal, SealedThinking } from './seal-thinking.ts';
import { digestOf, openSeal } from './seal-thinking.ts';

/** What thinking that comes back is checked against. */
export interface SealCheck {
  readonly signingKey: Uint8Array;
  /** The model that is asked now. */
  readonly model: string;
  readonly otherModels: 'refused' | 'ignored';
  readonly foreign: 'accept' | 'refuse';
  /** Whether the answer is thought about: only then must a tool loop have all of its thinking. */
  readonly isThinking: boolean;
}

/** A block whose content the API alone can make. */
export type SealedBlock = ThinkingBlock | RedactedThinkingBlock;

/** Whether a block is thinking, shown or redacted. */
export function isSealedBlock(block: RequestBlock): block is SealedBlock {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

/** The part of a block that must come back as it was given: signature or data. */
export function sealOf(block: SealedBlock): string {
  return block.type === 'thinking' ? block.signature : block.data;
}

/**
 * What is wrong with the thinking that a conversation brings back (API reference §7.4, §4.5): made
 * up, by another model, edited, out of order, or not complete where a tool loop goes on. Outside of
 * a loop it may be left out.
 */
export function sealIssue(messages: readonly MessageParam[], check: SealCheck): string | undefined {
  const turn = latestTurn(messages);
  const walk = new SealWalk(check, turn.isOpen && check.isThinking);
  for (const [at, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    const isLatest = at >= turn.start;
    if (at === turn.start) walk.beginLatestTurn();
    for (const [index, block] of blocksOf(message).entries()) {
      if (!isSealedBlock(block)) continue;
      const text = walk.next({ block, at, index, isLatest });
      if (text !== undefined) return text;
    }
  }
  return walk.end();
}

/** A block and where it stands. */
interface Placed {
  readonly block: SealedBlock;
  readonly at: number;
  readonly index: number;
  /** Whether it is part of the latest turn of the assistant. */
  readonly isLatest: boolean;
}

/** Takes the thinking blocks of a conversation in their order and finds the first that is wrong. */
class SealWalk {
  readonly #check: SealCheck;
  readonly #mustBeComplete: boolean;
  /** By answer, the ordinal of its block that came last. */
  readonly #ordinals = new Map<string, number>();
  /** Digests of seals that blocks so far say they came after, though these have not come. */
  readonly #missing = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #seenInTurn = new Set<string>();
  /** Digest of the seal that came last, whoever made it. */
  #lastDigest = '';
  /** The block that came last in the latest turn, where it is one of ours. */
  #last: { readonly sealed: SealedThinking; readonly placed: Placed } | undefined;

  constructor(check: SealCheck, mustBeComplete: boolean) {
    this.#check = check;
    this.#mustBeComplete = mustBeComplete;
  }

  beginLatestTurn(): void {
    this.#last = undefined;
    this.#seenInTurn.clear();
  }

  next(placed: Placed): string | undefined {
    const { block, at, index, isLatest } = placed;
    const seal = sealOf(block);
    const digest = digestOf(seal);
    const opened = openSeal(this.#check.signingKey, seal);
    const fault = this.#faultOf(opened, placed, digest);
    if (fault !== 'none') {
      const isModified = fault === 'modified' && isLatest;
      return isModified
        ? ruleTexts.thinkingModified(at, index)
        : ruleTexts.thinkingSealInvalid(at, index, block.type);
    }
    this.#last = opened.kind === 'own' ? { sealed: opened.sealed, placed } : undefined;
    if (opened.kind === 'own') this.#remember(opened.sealed);
    this.#seen.add(digest);
    this.#seenInTurn.add(digest);
    this.#missing.delete(digest);
    this.#lastDigest = digest;
    return undefined;
  }

  /** What is missing at the end of the latest turn. */
  end(): string | undefined {
    if (!this.#mustBeComplete || this.#last === undefined || isComplete(this.#last.sealed)) {
      return undefined;
    }
    const { at, index } = this.#last.placed;
    return ruleTexts.thinkingModified(at, index);
  }

  /** What is wrong with a block: it was never made, or it is not as or where it was. */
  #faultOf(
    opened: OpenedSeal,
    { block, isLatest }: Placed,
    digest: string,
  ): 'none' | 'invalid' | 'modified' {
    const { model, otherModels, foreign } = this.#check;
    if (opened.kind === 'forged') return 'invalid';
    if (opened.kind === 'foreign') return foreign === 'refuse' ? 'invalid' : 'none';
    const { sealed } = opened;
    const isOthers = sealed.model !== model;
    if (sealed.kind !== block.type || (isOthers && otherModels === 'refused')) return 'invalid';
    if (!isOthers && (isEdited(block, sealed) || this.#isOutOfOrder(sealed, digest))) {
      return 'modified';
    }
    const mustFollow = isLatest && this.#mustBeComplete;
    return mustFollow && !this.#follows(sealed, digest) ? 'modified' : 'none';
  }

  /** Whether nothing was left out right before a block. */
  #follows({ answer, ordinal, previous }: SealedThinking, digest: string): boolean {
    if (this.#seenInTurn.has(digest)) return false;
    const last = this.#last?.sealed;
    if (ordinal > 0) return last?.answer === answer && last.ordinal === ordinal - 1;
    if (last !== undefined && !isComplete(last)) return false;
    return previous === '' || previous === this.#lastDigest;
  }

  /** A block that comes again is none: histories may repeat an answer. */
  #isOutOfOrder({ answer, ordinal }: SealedThinking, digest: string): boolean {
    if (this.#missing.has(digest)) return true;
    return !this.#seen.has(digest) && ordinal < (this.#ordinals.get(answer) ?? 0);
  }

  #remember({ answer, ordinal, previous }: SealedThinking): void {
    this.#ordinals.set(answer, Math.max(ordinal, this.#ordinals.get(answer) ?? 0));
    if (previous !== '' && !this.#seen.has(previous)) this.#missing.add(previous);
  }
}

function isComplete({ ordinal, count }: SealedThinking): boolean {
  return ordinal === count - 1;
}

function isEdited(block: SealedBlock, { shown }: SealedThinking): boolean {
  return block.type === 'thinking' && digestOf(block.thinking) !== shown;
}
