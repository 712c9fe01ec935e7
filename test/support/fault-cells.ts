import type { FaultForm } from './fault-forms.ts';
import type { FaultCase, FaultRow } from './fault-table.ts';
import { faultRows } from './fault-table.ts';

/** How its caller asks. */
type Ways = 'stream' | 'piece';

/** A cell of the matrix of one form. */
export interface MatrixCell {
  readonly row: FaultRow;
  readonly fault: FaultCase;
  readonly way: Ways;
}

/** The cells of one form: what cannot happen to it is left out. */
export function cellsOf(form: FaultForm): readonly MatrixCell[] {
  return faultRows.flatMap((row) =>
    row.cases.flatMap((fault) =>
      (['stream', 'piece'] as const)
        .filter((way) => fault[way] !== undefined && mayHappen(form, way, row))
        .map((way) => ({ row, fault, way })),
    ),
  );
}

/** An answer in one piece comes in events from the upstream too, but for the canonical form. */
function mayHappen(form: FaultForm, way: Ways, { isOfEvents }: FaultRow): boolean {
  return isOfEvents !== true || way === 'stream' || form !== 'messages';
}
