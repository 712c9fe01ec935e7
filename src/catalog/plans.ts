import { models } from './models.ts';

/** Which models an account may use, and how much of them; overlays the registry (DESIGN §6). */
export interface Plan {
  readonly name: string;
  /** Whether what is used is paid for before it is used. */
  readonly isPrepaid: boolean;
  /** Most tokens an answer may have, where that is less than the model's own. */
  readonly outputTokensMax?: number;
  /** Ids of the models it lists; where absent, whatever the upstream has. */
  readonly modelIds?: ReadonlySet<string>;
  /** Whether a model may be called by its name in any form; the upstream gets its own name for it. */
  readonly takesEveryForm: boolean;
  /** Added to list prices, in hundredths of a percent. */
  readonly markupBasisPoints: number;
  /** How a stream ends whose money runs out: with an error, or as one that came to its `max_tokens`. */
  readonly onExhausted: OnExhausted;
  /** How often an upstream is asked for one request, where an attempt fails before its answer begins. */
  readonly attemptsMax: number;
}

export const exhaustionEndings = ['error', 'stop'] as const;
export type OnExhausted = (typeof exhaustionEndings)[number];

export const planNames = ['standard', 'prepaid'] as const;
export type PlanName = (typeof planNames)[number];

/** The plans that are always there. */
export const plans: Readonly<Record<PlanName, Plan>> = {
  /** Seed 003: the API itself. The model's own limits are the only ones. */
  standard: {
    name: 'standard',
    isPrepaid: false,
    takesEveryForm: false,
    markupBasisPoints: 0,
    onExhausted: 'error',
    attemptsMax: 1,
  },
  /** Seed 004: access from a wallet, answers of at most 16,384 tokens, models that have a price. */
  prepaid: {
    name: 'prepaid',
    isPrepaid: true,
    takesEveryForm: true,
    markupBasisPoints: 0,
    onExhausted: 'error',
    attemptsMax: 3,
    outputTokensMax: 16_384,
    modelIds: new Set(models.filter(({ prices }) => prices.length > 0).map(({ id }) => id)),
  },
};
