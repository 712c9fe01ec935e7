import { priceClasses } from '../catalog/price-store.ts';
import { countText } from './count-text.ts';
import type { PageSection } from './model-page.ts';
import type { PagePrice } from './page-price.ts';
import { priceLabels, usdText } from './page-price.ts';

const PERCENT = 100;

/** What each class costs at the moment, and since when; undefined where no price is known. */
export function pricingSection(price: PagePrice | undefined): PageSection {
  const title = 'Pricing';
  if (price === undefined) {
    const text = 'The price of this model is not known here, so it is not sold in advance.';
    return { id: 'pricing', title, blocks: [{ kind: 'text', text }] };
  }
  const { tiers, batchPercent, usGeoPercent } = price;
  const longest = tiers.slice(1).map(({ aboveInputTokens }) => aboveInputTokens);
  const notes = [
    ...sinceNote(price),
    ...(batchPercent === PERCENT
      ? []
      : [`Tokens of a batch cost ${String(batchPercent)} % of these prices.`]),
    ...(usGeoPercent === PERCENT
      ? []
      : [`With \`inference_geo: us\` tokens cost ${String(usGeoPercent)} %.`]),
    ...(longest.length === 0
      ? []
      : ['Where a prompt is longer, cache included, all of the request pays the higher prices.']),
  ];
  return {
    id: 'pricing',
    title,
    blocks: [
      {
        kind: 'table',
        head: [
          'USD',
          'Price',
          ...longest.map((tokens) => `Prompts above ${countText(tokens)} tokens`),
        ],
        rows: priceClasses
          .filter((name) => tiers[0]?.rates[name] !== undefined)
          .map((name) => [
            `${priceLabels[name].label}, per ${priceLabels[name].unit}`,
            ...tiers.map(({ rates }) => rateText(rates[name], name, price)),
          ]),
      },
      { kind: 'list', items: notes },
    ],
  };
}

function rateText(
  rate: bigint | undefined,
  name: keyof typeof priceLabels,
  { markupBasisPoints }: PagePrice,
): string {
  if (rate === undefined) return '–';
  return `$${usdText(rate, { per: priceLabels[name].per, markupBasisPoints })}`;
}

function sinceNote({ sinceMs }: PagePrice): readonly string[] {
  return sinceMs === undefined ? [] : [`In force since ${dayText(sinceMs)}.`];
}

/** The day of an instant, UTC: `2026-02-17`. */
export function dayText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Input and output in one line, for tables of models. */
export function priceText(price: PagePrice | undefined): string | undefined {
  const rates = price?.tiers[0]?.rates;
  if (price === undefined || rates?.input === undefined || rates.output === undefined) {
    return undefined;
  }
  const input = rateText(rates.input, 'input', price);
  return `${input} input, ${rateText(rates.output, 'output', price)} output per 1M tokens`;
}
