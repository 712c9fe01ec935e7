import type { Model } from './model.ts';
import type { PriceRow, TokenPrices } from './price.ts';
import { priceAt } from './price.ts';
import { chatNameOf } from './resolve-model.ts';

/** Sections of a description that are left out unless they are asked for; chat reference §1.8. */
export const chatModelSections = ['pricing', 'modalities', 'capabilities'] as const;
export type ChatModelSection = (typeof chatModelSections)[number];

/** A model as `GET /v1/models` describes it to clients of Chat Completions; chat reference §1.8. */
export interface ChatModel {
  readonly id: string;
  readonly object: 'model';
  /** Seconds since the epoch. */
  readonly created: number;
  readonly owned_by: 'anthropic';
  /** Every other name that the model answers to, in all forms. */
  readonly aliases: readonly string[];
  readonly type: 'chat-completion';
  readonly info: {
    readonly name: string;
    readonly developer: 'Anthropic';
    /** Size of the context window, in tokens. */
    readonly contextLength: number;
    /** Most tokens that an answer may have: the model's own bound or the plan's. */
    readonly outputMax: number;
  };
  readonly tags: readonly string[];
  readonly pricing: ChatModelPricing;
  readonly modalities: { readonly input: readonly string[]; readonly output: readonly string[] };
  readonly capabilities: readonly string[];
}

/** `price` is in USD and is for `per` units; `variants` where it depends on the prompt's length. */
export type ChatModelPricing =
  | { readonly kind: 'fixed'; readonly units: readonly PricedUnit[] }
  | {
      readonly kind: 'variants';
      readonly dimensions: readonly string[];
      readonly variants: readonly PricedVariant[];
    }
  | { readonly kind: 'variable' };

interface PricedUnit {
  readonly name: string;
  readonly measure: 'token' | 'request';
  readonly price: number;
  readonly per: number;
}

interface PricedVariant {
  readonly when: Readonly<Record<string, string>>;
  readonly unit: PricedUnit['measure'];
  readonly price: number;
  readonly per: number;
}

/** What a description depends on besides the model. */
export interface ChatModelTerms {
  readonly outputTokensMax: number | undefined;
  /** On top of list prices. */
  readonly markupPercent: number;
  readonly atMs: number;
}

/** A record of the registry as clients of Chat Completions see it. */
export function describeChatModel(model: Model, terms: ChatModelTerms): ChatModel {
  const id = chatNameOf(model);
  return {
    id,
    object: 'model',
    created: Math.floor(Date.parse(model.createdAt) / 1000),
    owned_by: 'anthropic',
    aliases: otherNames(model, id),
    type: 'chat-completion',
    info: {
      name: model.displayName,
      developer: 'Anthropic',
      contextLength: model.contextTokens,
      outputMax: Math.min(model.maxOutputTokens, terms.outputTokensMax ?? Infinity),
    },
    tags: ['chat', 'tools', 'vision', ...(reasons(model) ? ['thinking'] : [])],
    pricing: describePrices(model.prices, terms),
    modalities: { input: ['text', 'image', 'file'], output: ['text'] },
    capabilities: capabilitiesOf(model),
  };
}

function otherNames({ id, aliases, formNames }: Model, shown: string): readonly string[] {
  const names = [...formNames.chatCompletions, ...formNames.workersAi, id, ...aliases];
  return [...new Set(names)].filter((name) => name !== shown);
}

function reasons({ thinking }: Model): boolean {
  return thinking.enabled || thinking.adaptive;
}

/** What every model of the registry can do, and what its traits say. */
function capabilitiesOf(model: Model): readonly string[] {
  const byTrait: readonly (readonly [string, boolean])[] = [
    ['tool_calling', true],
    ['parallel_tool_calling', true],
    ['image_input', true],
    ['file_input', true],
    ['prompt_caching', true],
    ['structured_outputs', model.acceptsOutputFormat],
    ['reasoning', reasons(model)],
    ['reasoning_effort', model.effortLevels.length > 0],
    ['sampling', model.acceptsSamplers],
  ];
  return byTrait.filter(([, has]) => has).map(([name]) => name);
}

function describePrices(rows: readonly PriceRow[], terms: ChatModelTerms): ChatModelPricing {
  const row = priceAt(rows, terms.atMs);
  if (row === undefined) return { kind: 'variable' };
  const units = [...tokenUnits(row.nanoUsdPerToken, terms), searchUnit(row, terms)];
  const { longContext } = row;
  if (longContext === undefined) return { kind: 'fixed', units };
  const bound = longContext.aboveInputTokens;
  return {
    kind: 'variants',
    dimensions: ['class', 'prompt_tokens'],
    variants: [
      ...tokenUnits(row.nanoUsdPerToken, terms).map((unit) => variant(unit, `0-${String(bound)}`)),
      ...tokenUnits(longContext.nanoUsdPerToken, terms).map((unit) =>
        variant(unit, `${String(bound + 1)}-`),
      ),
      variant(searchUnit(row, terms)),
    ],
  };
}

function variant({ name, measure, price, per }: PricedUnit, promptTokens?: string): PricedVariant {
  const when = {
    class: name,
    ...(promptTokens === undefined ? {} : { prompt_tokens: promptTokens }),
  };
  return { when, unit: measure, price, per };
}

const PER_TOKENS = 1_000_000;
const PER_SEARCHES = 1000;

const classNames: readonly (readonly [keyof TokenPrices, string])[] = [
  ['input', 'input'],
  ['cacheWrite5m', 'cache_write_5m'],
  ['cacheWrite1h', 'cache_write_1h'],
  ['cacheRead', 'cache_read'],
  ['output', 'output'],
];

function tokenUnits(prices: TokenPrices, { markupPercent }: ChatModelTerms): readonly PricedUnit[] {
  return classNames.map(([tokenClass, name]) => ({
    name,
    measure: 'token',
    price: usd(prices[tokenClass] * BigInt(PER_TOKENS), markupPercent),
    per: PER_TOKENS,
  }));
}

function searchUnit(row: PriceRow, { markupPercent }: ChatModelTerms): PricedUnit {
  const price = usd(row.nanoUsdPerWebSearch * BigInt(PER_SEARCHES), markupPercent);
  return { name: 'web_search', measure: 'request', price, per: PER_SEARCHES };
}

const NANO_USD_PERCENT_PER_USD = 100_000_000_000;

/** Whole nano-USD and whole percent, so that the one division at the end is as exact as a number can be. */
function usd(nanoUsd: bigint, markupPercent: number): number {
  return Number(nanoUsd * BigInt(100 + markupPercent)) / NANO_USD_PERCENT_PER_USD;
}
