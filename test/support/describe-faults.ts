import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MatrixCell } from './fault-cells.ts';
import { cellsOf } from './fault-cells.ts';
import { hasForeignContent, isTruncatedSuccess, problemsOf, seemsWhole } from './fault-checks.ts';
import type { FaultForm } from './fault-forms.ts';
import type { CellAsked, CellRun } from './fault-run.ts';
import { FaultBench } from './fault-run.ts';
import { heardBySdk } from './fault-sdk.ts';

/** How many seeds each cell has: all of them where the check has the time. */
const SEEDS = process.env['CI'] === 'true' ? 20 : 3;
const LARGE_SEEDS = 2;

function seedsOf({ row }: MatrixCell): readonly number[] {
  const count = row.isLarge === true ? Math.min(SEEDS, LARGE_SEEDS) : SEEDS;
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Runs every cell of a form; whatever is wrong is told with the seed that shows it. */
export function describeFaults(form: FaultForm): void {
  describe(`the fault matrix in the form ${form}`, () => {
    let bench: FaultBench;
    let truncated = 0;
    let foreign = 0;
    let ran = 0;
    beforeAll(async () => {
      bench = await FaultBench.start();
    });
    afterAll(() => bench.stop());

    const named = cellsOf(form).map(
      (cell) => [`${cell.row.fault} at ${cell.fault.at}, ${cell.way}`, cell] as const,
    );
    test.each(named)('%s', async (_name, cell) => {
      const problems: string[] = [];
      for (const seed of seedsOf(cell)) {
        const asked = askedOf(form, cell, seed);
        const run = await runOn(bench, asked);
        ran += 1;
        truncated += Number(isTruncatedSuccess(run));
        foreign += Number(hasForeignContent(run));
        if (seed === 1) await askSdk(run, problems);
        for (const problem of problemsOf(run)) problems.push(`seed ${String(seed)}: ${problem}`);
      }
      expect(problems).toEqual([]);
    });

    test('truncation shown as success: 0, content twice after a fallback: 0', () => {
      expect([truncated, foreign, ran > 0]).toEqual([0, 0, true]);
    });

    test('the books add up after all of it', async () => {
      const { problems, openHolds } = await bench.gateway.rig.ledger.verify();
      expect([problems, openHolds]).toEqual([[], 0]);
    });
  });
}

/** What an official client takes for an answer in full is one, and has all of it. */
async function askSdk(run: CellRun, problems: string[]): Promise<void> {
  if (run.client.status === undefined || !run.client.isComplete) return;
  // A client of the canonical form reads counts that are not there as a fault of its own.
  if (run.asked.row.fault === 'usage-missing') return;
  const heard = await heardBySdk(run);
  const isWhole = seemsWhole(run);
  if ((heard !== undefined) !== isWhole) problems.push(`an SDK hears ${String(heard)}`);
  const wanted = run.answers.at(-1)?.marks;
  if (isWhole && heard !== wanted) {
    problems.push(`an SDK hears ${String(heard)} of ${String(wanted)} marks`);
  }
}

/** A process that is killed is of no use to the cells after it. */
async function runOn(bench: FaultBench, asked: CellAsked): Promise<CellRun> {
  if (asked.row.fault !== 'killed') return bench.run(asked);
  const own = await FaultBench.start();
  try {
    return await own.run(asked);
  } finally {
    await own.stop();
  }
}

function askedOf(form: FaultForm, { row, fault, way }: MatrixCell, seed: number): CellAsked {
  const isStream = way === 'stream';
  return { form, isStream, row, fault, seed, allFail: seed % 2 === 0 };
}
