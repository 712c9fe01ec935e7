import { authorNameOf } from './search-workers-ai-models.ts';
import type { CatalogEntry } from './describe-workers-ai-model.ts';
import type { Model } from './model.ts';
import { priceAt } from './price.ts';

/** A model as marketplaces list it: `models/search?format=openrouter`, Workers reference §2.1. */
export interface MarketplaceModel {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly input_modalities: readonly string[];
  readonly output_modalities: readonly string[];
  /** In tokens. */
  readonly context_length: number;
  readonly max_output_length: number;
  /** USD for one token or one search, written out. Empty where the price is not known. */
  readonly pricing: Readonly<Record<string, string>>;
  readonly supported_sampling_parameters: readonly string[];
  readonly supported_features: readonly string[];
  readonly reasoning?: {
    readonly supported_efforts?: readonly string[];
    /** Whether it cannot be turned off. */
    readonly mandatory: boolean;
  };
}

/** An entry of the catalog in the form of marketplaces. */
export function describeMarketplaceModel(
  { model, record }: CatalogEntry,
  atMs: number,
): MarketplaceModel {
  return {
    id: record.model_id,
    name: `${authorNameOf(record)}: ${record.name}`,
    description: record.description,
    created: Math.floor(Date.parse(model.createdAt) / 1000),
    input_modalities: ['text', 'image', 'file'],
    output_modalities: ['text'],
    context_length: record.context_length,
    max_output_length: record.max_output_tokens,
    pricing: pricingOf(model, atMs),
    supported_sampling_parameters: model.acceptsSamplers
      ? ['temperature', 'top_p', 'top_k', 'stop']
      : ['stop'],
    supported_features: [
      'tools',
      ...(model.acceptsOutputFormat ? ['structured_outputs'] : []),
      ...(reasons(model) ? ['reasoning'] : []),
      'web_search',
    ],
    ...(reasons(model) ? { reasoning: reasoningOf(model) } : {}),
  };
}

function reasons({ thinking }: Model): boolean {
  return thinking.enabled || thinking.adaptive;
}

function reasoningOf({
  effortLevels,
  thinking,
}: Model): NonNullable<MarketplaceModel['reasoning']> {
  return {
    ...(effortLevels.length === 0 ? {} : { supported_efforts: effortLevels }),
    mandatory: !thinking.disabled,
  };
}

function pricingOf(model: Model, atMs: number): Readonly<Record<string, string>> {
  const row = priceAt(model.prices, atMs);
  if (row === undefined) return {};
  const { input, output, cacheRead, cacheWrite5m } = row.nanoUsdPerToken;
  return {
    prompt: usd(input),
    completion: usd(output),
    input_cache_read: usd(cacheRead),
    input_cache_write: usd(cacheWrite5m),
    web_search: usd(row.nanoUsdPerWebSearch),
  };
}

const DECIMALS = 9;
const NANO_USD_PER_USD = 10n ** BigInt(DECIMALS);

/** Exact: no number in between. */
function usd(nanoUsd: bigint): string {
  const rest = String(nanoUsd % NANO_USD_PER_USD).padStart(DECIMALS, '0');
  return `${String(nanoUsd / NANO_USD_PER_USD)}.${rest}`;
}
