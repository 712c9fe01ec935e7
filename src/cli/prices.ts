import { listPlans } from '../admin/plan-orders.ts';
import { addPrice, closePrice, encodePrice, listedPrices } from '../admin/price-orders.ts';
import type { PriceClass } from '../catalog/price-store.ts';
import { priceClasses } from '../catalog/price-store.ts';
import { usageProblem } from './command-problem.ts';
import type { OrderFlags } from './open-orders.ts';
import { amountOf, tellDone, tellRows, withOrders } from './open-orders.ts';

export interface AddPriceFlags extends OrderFlags {
  readonly model: string;
  readonly class: string;
  /** In USD a million tokens. */
  readonly usd: string;
  readonly from: string;
  readonly to?: string;
  readonly tier: number;
  readonly plan?: string;
  readonly source: string;
}

/** Shows the prices that were set, closed ones too. */
export function listPricesCommand(flags: OrderFlags): Promise<void> {
  return withOrders(flags, ({ parts }) => {
    const rows = parts.prices.stored().map((price) => encodePrice(price));
    tellRows(flags, rows, [
      'id',
      'model',
      'class',
      'nano_per_mtok',
      'effective_from',
      'effective_to',
    ]);
    return Promise.resolve();
  });
}

/** Shows what every model costs now. */
export function showPricingCommand(flags: OrderFlags & { readonly plan?: string }): Promise<void> {
  const { plan } = flags;
  return withOrders(flags, ({ parts, atMs }) => {
    const plans = listPlans(parts).map(({ name }) => name);
    if (plan !== undefined && !plans.includes(plan)) {
      throw usageProblem(`no plan is called "${plan}"; there are: ${plans.join(', ')}`);
    }
    const rows = listedPrices(parts, plan, atMs).flatMap(({ model, price_version, rates }) =>
      rates.map((rate) => ({ model, price_version, ...rate })),
    );
    tellRows(flags, rows, ['model', 'class', 'tier_from_input_tokens', 'usd_per_mtok']);
    return Promise.resolve();
  });
}

/** Sets a price from a moment to come on. */
export function addPriceCommand(flags: AddPriceFlags): Promise<void> {
  const { model, from, to, tier, plan, source } = flags;
  const wanted = {
    model,
    class: classOf(flags.class),
    nano_per_mtok: String(amountOf(flags.usd)),
    tier_from_input_tokens: tier,
    plan,
    effective_from: timeOf(from),
    effective_to: to === undefined ? undefined : timeOf(to),
    source,
  };
  return withOrders(flags, async (context) => {
    await tellDone(flags, context, await addPrice(context, wanted));
  });
}

/** Ends a price at a moment to come. */
export function closePriceCommand(
  id: string,
  flags: OrderFlags & { readonly at: string },
): Promise<void> {
  const at = timeOf(flags.at);
  return withOrders(flags, async (context) => {
    await tellDone(flags, context, await closePrice(context, id, at));
  });
}

/** Shows all plans. */
export function listPlansCommand(flags: OrderFlags): Promise<void> {
  return withOrders(flags, ({ parts }) => {
    tellRows(flags, listPlans(parts), [
      'name',
      'is_prepaid',
      'markup_basis_points',
      'output_tokens_max',
      'on_exhausted',
      'attempts_max',
    ]);
    return Promise.resolve();
  });
}

function classOf(word: string): PriceClass {
  const known = priceClasses.find((name) => name === word);
  if (known !== undefined) return known;
  throw usageProblem(`--class is one of ${priceClasses.join(', ')}`);
}

function timeOf(text: string): string {
  const atMs = Date.parse(text);
  if (Number.isFinite(atMs)) return new Date(atMs).toISOString();
  throw usageProblem(`${text} is no moment: write one like 2027-01-01T00:00:00Z`);
}
