import { resolve as resolvePath } from 'node:path';
import type { Done, OrderContext } from '../admin/audit-note.ts';
import { recordNote } from '../admin/audit-note.ts';
import { readUsd } from '../admin/money-text.ts';
import { plans } from '../catalog/plans.ts';
import { resolveModel } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { PriceTable } from '../metering/price-table.ts';
import { systemClock } from '../std/clock.ts';
import { systemRandom } from '../std/random.ts';
import type { Store } from '../store/open-store.ts';
import { openStore } from '../store/open-store.ts';
import { wireOrders } from '../wire-admin.ts';
import { usageProblem } from './command-problem.ts';
import { drawTable } from './draw-table.ts';
import type { ConfigFlags } from './load-config.ts';
import { loadConfig } from './load-config.ts';
import { complain, complainOfRefusal, say } from './terminal.ts';
import { printable } from './text-width.ts';

/** Options of every command about accounts and money. */
export interface OrderFlags extends ConfigFlags {
  readonly json?: boolean;
}

/** What an order works on that is about neither accounts nor money. */
export interface OpenedStore {
  readonly store: Store;
  readonly directory: string;
}

/**
 * Opens the store for orders of whoever sits at the machine: the same as the admin API carries out,
 * with the same notes in the audit log. A gateway may run beside it.
 */
export async function withOrders(
  flags: OrderFlags,
  work: (context: OrderContext, opened: OpenedStore) => Promise<void>,
): Promise<void> {
  const config = loadConfig(flags);
  const { profile } = config.emulator;
  const directory = resolvePath(config.data_dir);
  const store = await openStore(directory, complain);
  try {
    const prices = new PriceTable({
      clock: systemClock,
      store: store.prices,
      listPrices: (modelId) => resolveModel(modelId, profile)?.prices ?? [],
    });
    await prices.load();
    const parts = wireOrders({
      store,
      clock: systemClock,
      random: systemRandom(),
      prices,
      settings: () => ({ plan: plans[config.plan], profile }),
      requestsWritten: () => Promise.resolve(),
    });
    const nobody = { keyId: undefined, address: undefined, requestId: undefined };
    const context = { parts, actor: { kind: 'command', ...nobody } as const };
    await work({ ...context, atMs: systemClock.wallMs() }, { store, directory });
  } finally {
    await store.close();
  }
}

/** Tells what an order did, once the audit log has it; or why it was not carried out. */
export async function tellDone<Answer extends object>(
  flags: OrderFlags,
  context: OrderContext,
  outcome: Done<Answer> | Refusal,
): Promise<void> {
  if (isRefusal(outcome)) {
    complainOfRefusal(outcome);
    return;
  }
  await recordNote(context, outcome);
  tell(flags, outcome.answer);
}

/** Tells an answer: all of it as JSON, or a line for each of its members. */
export function tell(flags: OrderFlags, answer: object): void {
  if (isRefusal(answer)) {
    complainOfRefusal(answer);
  } else if (flags.json === true) {
    say(JSON.stringify(answer));
  } else {
    for (const [name, value] of Object.entries(answer)) {
      say(`${name.padEnd(20)} ${printable(textOfMember(value))}`);
    }
  }
}

/** Tells a list: all of it as JSON, or a table with the members that are named. */
export function tellRows<Row extends object>(
  flags: OrderFlags,
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
): void {
  if (flags.json === true) {
    say(JSON.stringify(rows));
    return;
  }
  if (rows.length === 0) {
    say('There are none.');
    return;
  }
  const titles = columns.map((name) => name.replaceAll('_', ' '));
  const cells = rows.map((row) => columns.map((name) => textOfMember(row[name])));
  for (const line of drawTable(titles, cells)) say(line);
}

function textOfMember(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An amount of the command line, in USD. */
export function amountOf(usd: string): bigint {
  const amount = readUsd(usd);
  if (amount !== undefined && amount > 0n) return amount;
  throw usageProblem(`${usd} is no amount: write USD with up to nine decimals, like 25 or 0.5`);
}
