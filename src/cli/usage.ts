import type { UsageRowAnswer } from '../admin/contract.ts';
import { countUsage } from '../admin/count-usage.ts';
import { isRefusal } from '../messages/errors.ts';
import type { UsageDimension } from '../telemetry/request-reads.ts';
import { usageDimensions } from '../telemetry/request-reads.ts';
import { usageProblem } from './command-problem.ts';
import { usdShort } from './draw-top.ts';
import type { OrderFlags } from './open-orders.ts';
import { tell, tellRows, withOrders } from './open-orders.ts';

export interface UsageFlags extends OrderFlags {
  readonly from: string;
  readonly to: string;
  readonly groupBy: string;
  readonly tz: string;
  readonly account?: string;
}

/** Shows what was used in some days, by whatever is asked. */
export function usageCommand(flags: UsageFlags): Promise<void> {
  const groupBy = flags.groupBy.split(',').filter((word) => word !== '');
  const query = {
    from: dateOf(flags.from),
    to: dateOf(flags.to),
    tz: flags.tz,
    group_by: groupBy.map((word) => dimensionOf(word)),
  };
  return withOrders(flags, async ({ parts }) => {
    const usage = await countUsage(parts, query, flags.account);
    if (isRefusal(usage)) tell(flags, usage);
    else if (flags.json === true) tell(flags, usage);
    else tellCounted(flags, usage.data);
  });
}

/** A column for each thing that it is counted by, and what it cost as people read it. */
function tellCounted(flags: UsageFlags, rows: readonly UsageRowAnswer[]): void {
  const flat = rows.map(({ by, requests, input_tokens, output_tokens, cost_nano }) => {
    const counts = { requests, input_tokens, output_tokens };
    return { ...by, ...counts, cost_usd: usdShort(BigInt(cost_nano)) };
  });
  tellRows<Readonly<Record<string, unknown>>>(flags, flat, Object.keys(flat[0] ?? {}));
}

function dimensionOf(word: string): UsageDimension {
  const known = usageDimensions.find((name) => name === word);
  if (known !== undefined) return known;
  throw usageProblem(`--group-by has some of ${usageDimensions.join(',')}`);
}

function dateOf(text: string): string {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && Number.isFinite(Date.parse(text));
  if (isDate) return text;
  throw usageProblem(`${text} is no date: write one like 2026-11-01`);
}
