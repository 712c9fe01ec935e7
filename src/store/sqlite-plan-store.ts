import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PlanStore, StoredPlan } from '../catalog/plan-store.ts';
import type { OnExhausted } from '../catalog/plans.ts';
import type { SqlValue } from './statements.ts';
import type { Writer } from './writer.ts';

interface PlanRow {
  readonly name: string;
  readonly is_prepaid: number;
  readonly output_tokens_max: number | null;
  readonly model_ids: string | null;
  readonly takes_every_form: number;
  readonly markup_basis_points: number;
  readonly on_exhausted: OnExhausted;
  readonly attempts_max: number;
  readonly created_at_ms: number;
  readonly modified_at_ms: number;
}

/** Plans in SQLite: reads on the caller's connection, writes through the writer thread. */
export class SqlitePlanStore implements PlanStore {
  readonly #writer: Pick<Writer, 'write'>;
  readonly #one: StatementSync;
  readonly #all: StatementSync;

  constructor(reader: DatabaseSync, writer: Pick<Writer, 'write'>) {
    this.#writer = writer;
    this.#one = reader.prepare('SELECT * FROM plans WHERE name = ?');
    this.#all = reader.prepare('SELECT * FROM plans ORDER BY name');
  }

  find(name: string): StoredPlan | undefined {
    const row = this.#one.get(name);
    return row === undefined ? undefined : toPlan(row as unknown as PlanRow);
  }

  list(): readonly StoredPlan[] {
    return this.#all.all().map((row) => toPlan(row as unknown as PlanRow));
  }

  insert(plan: StoredPlan): Promise<boolean> {
    return this.#change('insertPlan', planRow(plan));
  }

  replace(plan: StoredPlan): Promise<boolean> {
    return this.#change('replacePlan', planRow(plan));
  }

  remove(name: string): Promise<boolean> {
    return this.#change('deletePlan', [name]);
  }

  async #change(
    statement: 'insertPlan' | 'replacePlan' | 'deletePlan',
    row: readonly SqlValue[],
  ): Promise<boolean> {
    return (await this.#writer.write({ statement, rows: [row] })) > 0;
  }
}

function planRow(plan: StoredPlan): SqlValue[] {
  return [
    plan.name,
    plan.isPrepaid ? 1 : 0,
    plan.outputTokensMax ?? null,
    plan.modelIds === undefined ? null : JSON.stringify([...plan.modelIds]),
    plan.takesEveryForm ? 1 : 0,
    plan.markupBasisPoints,
    plan.onExhausted,
    plan.attemptsMax,
    plan.createdAtMs,
    plan.modifiedAtMs,
  ];
}

function toPlan(row: PlanRow): StoredPlan {
  const { model_ids: modelIds, output_tokens_max: outputTokensMax } = row;
  return {
    name: row.name,
    isPrepaid: row.is_prepaid === 1,
    ...(outputTokensMax === null ? {} : { outputTokensMax }),
    ...(modelIds === null ? {} : { modelIds: new Set(JSON.parse(modelIds) as string[]) }),
    takesEveryForm: row.takes_every_form === 1,
    markupBasisPoints: row.markup_basis_points,
    onExhausted: row.on_exhausted,
    attemptsMax: row.attempts_max,
    createdAtMs: row.created_at_ms,
    modifiedAtMs: row.modified_at_ms,
  };
}
