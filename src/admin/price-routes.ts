import { z } from 'zod';
import { priceClasses } from '../catalog/price-store.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { ListedPrice, ListedRate, PriceAnswer } from './contract.ts';
import {
  amountField,
  cursorField,
  idField,
  limitField,
  maybeTimeField,
  pageOf,
  timeField,
  wordsField,
} from './field-schemas.ts';
import { pageAfter } from './page-after.ts';
import type { WantedPrice } from './price-orders.ts';
import { addPrice, closePrice, encodePrice, listedPrices } from './price-orders.ts';

const PRICES = '/admin/v1/prices';
const access = { kind: 'admin' } as const;
const TIER_MAX = 10_000_000;

const priceShape: z.ZodType<PriceAnswer> = z.object({
  id: z.string(),
  model: z.string(),
  class: z.string(),
  nano_per_mtok: amountField,
  tier_from_input_tokens: z.int(),
  plan: z.string().nullable(),
  effective_from: timeField,
  effective_to: maybeTimeField,
  source: z.string(),
  created_by: z.string(),
  created_at: timeField,
});

/** A price that somebody wants to set: over HTTP, or from a file at the command line. */
export const wantedPriceShape: z.ZodType<WantedPrice> = z.strictObject({
  model: z.string().min(1).max(256),
  class: z.enum(priceClasses),
  nano_per_mtok: z.string().regex(/^\d{1,15}$/),
  tier_from_input_tokens: z.int().min(0).max(TIER_MAX).default(0),
  plan: idField.optional(),
  effective_from: timeField,
  effective_to: timeField.optional(),
  source: wordsField(1, 200),
});

/** What a million of one class costs. */
export const listedRateShape: z.ZodType<ListedRate> = z.object({
  class: z.string(),
  tier_from_input_tokens: z.int(),
  nano_per_mtok: amountField,
  usd_per_mtok: z.string(),
});

/** What a model costs now. */
export const listedShape: z.ZodType<ListedPrice> = z.object({
  model: z.string(),
  price_version: z.string(),
  batch_percent: z.number(),
  us_geo_percent: z.number(),
  rates: z.array(listedRateShape),
  next_change_at: maybeTimeField,
});

/** Prices that the operator sets over the registry's. */
export const priceRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: PRICES,
    operationId: 'listPrices',
    summary: 'Prices that were set, closed ones too, oldest first.',
    access,
    query: z.strictObject({ limit: limitField, cursor: cursorField, model: idField.optional() }),
    answer: pageOf(priceShape),
    read: ({ parts, query }) => {
      const { model } = query;
      const rows = parts.prices
        .stored()
        .filter((row) => model === undefined || row.modelId === model);
      const page = pageAfter(rows, query, ({ id }) => id);
      if (isRefusal(page)) return page;
      const data = page.items.map((row) => encodePrice(row));
      return { data, next_cursor: page.nextCursor };
    },
  }),
  writeRoute({
    method: 'POST',
    path: PRICES,
    operationId: 'addPrice',
    summary: 'Sets a price from a moment to come on.',
    access,
    status: 201,
    body: wantedPriceShape,
    answer: priceShape,
    write: (call) => addPrice(call, call.body),
  }),
  writeRoute({
    method: 'POST',
    path: `${PRICES}/{price}/close`,
    operationId: 'closePrice',
    summary: 'Ends a price at a moment to come.',
    access,
    params: z.object({ price: idField }),
    body: z.strictObject({ effective_to: timeField }),
    answer: priceShape,
    write: (call) => closePrice(call, call.params.price, call.body.effective_to),
  }),
];

/** The prices of the configured plan, for everybody. */
export const pricingRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: '/v1/pricing',
    operationId: 'getPricing',
    summary: 'What every model costs now, before any markup, and when that changes next.',
    access: { kind: 'anyone' },
    answer: z.object({ currency: z.literal('USD'), as_of: timeField, data: z.array(listedShape) }),
    read: ({ parts, atMs }) => ({
      currency: 'USD' as const,
      as_of: new Date(atMs).toISOString(),
      data: [...listedPrices(parts, parts.settings().plan.name, atMs)],
    }),
  }),
];
