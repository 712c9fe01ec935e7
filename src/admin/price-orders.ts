import type { PriceClass, StoredPrice } from '../catalog/price-store.ts';
import { priceClasses } from '../catalog/price-store.ts';
import { modelsOf } from '../catalog/profiles.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { PRICE_LEAD_MS } from '../metering/price-table.ts';
import type { Price } from '../metering/resolved-price.ts';
import { base62 } from '../std/base62.ts';
import type { OrderParts } from './admin-parts.ts';
import type { Done, OrderContext } from './audit-note.ts';
import { actorName } from './audit-note.ts';
import type { ListedPrice, ListedRate, PriceAnswer } from './contract.ts';
import { maybeTimeText, timeText } from './field-schemas.ts';
import { usdText } from './money-text.ts';

export interface WantedPrice {
  readonly model: string;
  readonly class: PriceClass;
  readonly nano_per_mtok: string;
  readonly tier_from_input_tokens: number;
  readonly plan?: string | undefined;
  readonly effective_from: string;
  readonly effective_to?: string | undefined;
  readonly source: string;
}

const ID_LETTERS = 16;

export function encodePrice(price: StoredPrice): PriceAnswer {
  return {
    id: price.id,
    model: price.modelId,
    class: price.priceClass,
    nano_per_mtok: String(price.nanoUsdPerMillion),
    tier_from_input_tokens: price.tierFromInputTokens,
    plan: price.planName ?? null,
    effective_from: timeText(price.effectiveFromMs),
    effective_to: maybeTimeText(price.effectiveToMs),
    source: price.source,
    created_by: price.createdBy,
    created_at: timeText(price.createdAtMs),
  };
}

/** Sets a price from a moment to come on: what runs keeps the one that it began with (§11). */
export async function addPrice(
  { parts, actor, atMs }: OrderContext,
  wanted: WantedPrice,
): Promise<Done<PriceAnswer> | Refusal> {
  const model = resolveAnyName(wanted.model, parts.settings().profile);
  if (model === undefined) return invalid('model', 'the registry has no such model');
  const effectiveFromMs = Date.parse(wanted.effective_from);
  const effectiveToMs =
    wanted.effective_to === undefined ? undefined : Date.parse(wanted.effective_to);
  if (effectiveToMs !== undefined && effectiveToMs <= effectiveFromMs) {
    return invalid('effective_to', 'it has to come after effective_from');
  }
  const price: StoredPrice = {
    id: `price_${base62(ID_LETTERS, (count) => parts.random.bytes(count))}`,
    modelId: model.id,
    priceClass: wanted.class,
    nanoUsdPerMillion: BigInt(wanted.nano_per_mtok),
    tierFromInputTokens: wanted.tier_from_input_tokens,
    planName: wanted.plan,
    effectiveFromMs,
    effectiveToMs,
    source: wanted.source,
    createdBy: actorName(actor),
    createdAtMs: atMs,
  };
  const outcome = await parts.prices.add(price);
  if (outcome === 'not_in_future') return tooSoon('effective_from');
  if (outcome === 'overlaps') {
    const text =
      'Another price of this model, class, tier and plan holds at some time of it: close that one first.';
    return refusal('conflict', text, { reason: 'price_overlaps' });
  }
  const answer = encodePrice(price);
  return { kind: 'done', answer, note: { action: 'price.add', subject: price.id, after: answer } };
}

/** Ends a price at a moment to come; it is never edited (§11). */
export async function closePrice(
  { parts }: OrderContext,
  id: string,
  effectiveTo: string,
): Promise<Done<PriceAnswer> | Refusal> {
  const outcome = await parts.prices.close(id, Date.parse(effectiveTo));
  if (outcome === 'not_in_future') return tooSoon('effective_to');
  const price = parts.prices.stored().find((row) => row.id === id);
  if (outcome === 'not_found' || price === undefined) {
    return refusal('not_found', `There is no price "${id}".`, { reason: 'price_not_found' });
  }
  if (outcome !== 'closed') {
    return refusal('conflict', 'The price has an end already, or begins later than that.', {
      reason: 'price_not_closable',
    });
  }
  const answer = encodePrice(price);
  const after = { effective_to: answer.effective_to };
  return { kind: 'done', answer, note: { action: 'price.close', subject: id, after } };
}

/** What every model costs an account of a plan now, and when that changes next; wallet reference §11. */
export function listedPrices(
  { prices, settings }: Pick<OrderParts, 'prices' | 'settings'>,
  planName: string | undefined,
  atMs: number,
): readonly ListedPrice[] {
  const stored = prices.stored();
  return modelsOf(settings().profile).flatMap(({ id, prices: rows }) => {
    const price = prices.priceOf(id, planName, atMs);
    if (price === undefined) return [];
    const own = stored.filter(
      (row) => row.modelId === id && (row.planName === undefined || row.planName === planName),
    );
    const turns = [
      ...rows.map(({ effectiveFrom }) => Date.parse(effectiveFrom)),
      ...own.flatMap((row) => [row.effectiveFromMs, row.effectiveToMs ?? Infinity]),
    ].filter((turn) => turn > atMs && turn < Infinity);
    const listed: ListedPrice = {
      model: id,
      price_version: price.version,
      batch_percent: price.batchPercent,
      us_geo_percent: price.usGeoPercent,
      rates: listedRates(price),
      next_change_at: turns.length === 0 ? null : timeText(Math.min(...turns)),
    };
    return [listed];
  });
}

/** What a price says of each class and tier. */
export function listedRates({ tiers }: Pick<Price, 'tiers'>): readonly ListedRate[] {
  return tiers.flatMap(({ aboveInputTokens, rates }) => ratesOf(aboveInputTokens, rates));
}

function ratesOf(
  tier: number,
  rates: Readonly<Partial<Record<PriceClass, bigint>>>,
): readonly ListedRate[] {
  return priceClasses.flatMap((name) => {
    const rate = rates[name];
    if (rate === undefined) return [];
    return [
      {
        class: name,
        tier_from_input_tokens: tier,
        nano_per_mtok: String(rate),
        usd_per_mtok: usdText(rate),
      },
    ];
  });
}

function invalid(param: string, text: string): Refusal {
  return refusal('invalid_request', `${param}: ${text}`, { param });
}

function tooSoon(param: string): Refusal {
  return invalid(
    param,
    `a moment at least ${String(PRICE_LEAD_MS / 1000)} seconds ahead is wanted`,
  );
}
