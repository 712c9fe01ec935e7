import type { TokensAnswer } from '../../../../../src/admin/contract.ts';
import type { ExchangeAnswer } from '../../../../../src/admin/contract-exchanges.ts';

/** One class of what was used. */
export interface UsageLine {
  readonly name: string;
  readonly count: string;
  readonly nanoPerMtok: string | null;
  /** Null where it is not known for this class alone. */
  readonly amountNano: string | null;
}

const MILLION = 1_000_000n;

const classes: readonly (readonly [string, keyof TokensAnswer])[] = [
  ['input', 'input_tokens'],
  ['cache_read', 'cache_read_input_tokens'],
  ['cache_write_5m', 'cache_creation_5m_input_tokens'],
  ['cache_write_1h', 'cache_creation_1h_input_tokens'],
  ['output', 'output_tokens'],
  ['web_search', 'web_search_requests'],
];

/**
 * What was used, by class: as the settlement says it. Where no wallet paid there is none; then counts
 * and prices are shown, and amounts only where they add up to what the gateway says it cost.
 */
export function usageLines({
  request,
  ledger,
  prices,
}: Pick<ExchangeAnswer, 'request' | 'ledger' | 'prices'>): readonly UsageLine[] {
  if (ledger.lines.length > 0) {
    // What was used all the same of a request that costs nothing is no part of its cost.
    const costsNothing = request.cost_nano === '0';
    return ledger.lines.map((line) => ({
      name: line.class,
      count: line.count,
      nanoPerMtok: line.nano_per_mtok,
      amountNano: costsNothing && line.amount_nano !== '0' ? null : line.amount_nano,
    }));
  }
  const { usage } = request;
  if (usage === null) return [];
  const lines = classes.flatMap(([name, member]) => {
    const count = usage[member];
    if (count === null || count === 0) return [];
    const nanoPerMtok = rateOf(name, prices, usage);
    const amount = nanoPerMtok === null ? null : BigInt(count) * BigInt(nanoPerMtok);
    return [{ name, count: String(count), nanoPerMtok, amount }];
  });
  const sum = lines.reduce((total, { amount }) => total + (amount ?? 0n), 0n);
  const isWhole = request.cost_nano !== null && sum === BigInt(request.cost_nano) * MILLION;
  return lines.map(({ amount, ...line }) => ({
    ...line,
    amountNano: isWhole && amount !== null ? String(amount / MILLION) : null,
  }));
}

function rateOf(
  name: string,
  prices: ExchangeAnswer['prices'],
  usage: TokensAnswer,
): string | null {
  const prompt =
    (usage.input_tokens ?? 0) +
    (usage.cache_read_input_tokens ?? 0) +
    (usage.cache_creation_input_tokens ?? 0);
  const fitting = (prices?.rates ?? [])
    .filter((rate) => rate.class === name)
    .filter(({ tier_from_input_tokens: tier }) => tier === 0 || prompt > tier)
    .toSorted((a, b) => b.tier_from_input_tokens - a.tier_from_input_tokens);
  return fitting[0]?.nano_per_mtok ?? null;
}
