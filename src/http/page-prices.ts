import type { Model } from '../catalog/model.ts';
import type { Plan } from '../catalog/plans.ts';
import { priceAt } from '../catalog/price.ts';
import type { PriceTable } from '../metering/price-table.ts';
import type { PagePrice } from '../pages/page-price.ts';

/** What pages ask of the prices of the moment. */
export type PagePrices = Pick<PriceTable, 'priceOf' | 'stored'>;

interface PriceMoment {
  readonly plan: Pick<Plan, 'name' | 'markupBasisPoints'>;
  readonly atMs: number;
}

/** What models cost at an instant who has a plan, with its markup. */
export function pagePricesAt(
  prices: PagePrices,
  { plan, atMs }: PriceMoment,
): (model: Model) => PagePrice | undefined {
  const inForce = prices
    .stored()
    .filter(
      ({ planName, effectiveFromMs, effectiveToMs = Infinity }) =>
        (planName === undefined || planName === plan.name) &&
        effectiveFromMs <= atMs &&
        atMs < effectiveToMs,
    );
  return (model) => {
    const price = prices.priceOf(model.id, plan.name, atMs);
    if (price === undefined) return undefined;
    const { markupBasisPoints } = plan;
    const set = inForce.filter(({ modelId }) => modelId === model.id);
    return { ...price, markupBasisPoints, sinceMs: sinceMs(model, set, atMs) };
  };
}

/** When the newest of the prices in force came into force. */
function sinceMs(
  model: Model,
  set: readonly { readonly effectiveFromMs: number }[],
  atMs: number,
): number | undefined {
  const listed = priceAt(model.prices, atMs)?.effectiveFrom;
  const instants = [
    ...set.map(({ effectiveFromMs }) => effectiveFromMs),
    ...(listed === undefined ? [] : [Date.parse(listed)]),
  ];
  return instants.length === 0 ? undefined : Math.max(...instants);
}
