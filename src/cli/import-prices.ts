import { recordNote } from '../admin/audit-note.ts';
import type { WantedPrice } from '../admin/price-orders.ts';
import { addPrice } from '../admin/price-orders.ts';
import { wantedPriceShape } from '../admin/price-routes.ts';
import { isRefusal, refusalText } from '../messages/errors.ts';
import { systemClock } from '../std/clock.ts';
import { CommandProblem } from './command-problem.ts';
import type { OrderFlags } from './open-orders.ts';
import { tell, withOrders } from './open-orders.ts';
import { Progress } from './progress.ts';
import { readJsonLines } from './read-json-lines.ts';

const PRICES_MAX = 10_000;

/**
 * Sets the prices of a file of JSON Lines, each as `POST /admin/v1/prices` takes it. All lines are read
 * before the first is set; one that is refused then ends it, and says how many stand before it.
 */
export async function importPricesCommand(path: string, flags: OrderFlags): Promise<void> {
  const wanted = readJsonLines(path, { linesMax: PRICES_MAX, read: readPrice });
  await withOrders(flags, async (context) => {
    const setting = new Progress({
      label: 'prices',
      total: wanted.length,
      out: process.stderr,
      clock: systemClock,
      isSilent: flags.json === true,
    });
    const ids: string[] = [];
    try {
      for (const { line, value } of wanted) {
        const outcome = await addPrice(context, value);
        if (isRefusal(outcome)) {
          const done = `${String(ids.length)} of ${String(wanted.length)} prices are set`;
          const why = refusalText(outcome).replace(/\.$/, '');
          throw new CommandProblem(`${path}:${String(line)}: ${why}; ${done}`, {
            code: outcome.reason ?? outcome.code,
            imported: ids.length,
          });
        }
        await recordNote(context, outcome);
        ids.push(outcome.answer.id);
        setting.at(ids.length);
      }
    } finally {
      setting.end();
    }
    tell(flags, { imported: ids.length, ids });
  });
}

function readPrice(value: unknown): WantedPrice {
  const read = wantedPriceShape.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new CommandProblem(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
