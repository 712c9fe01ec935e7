import type { ReactElement } from 'react';
import type { TargetAnswer } from '../../../../src/admin/contract-operations.ts';
import { countText, durationText } from '../../format/figures.ts';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { TargetStateBadge } from './target-state.tsx';

const columns: readonly TableColumn<TargetAnswer>[] = [
  {
    id: 'model',
    name: 'Model',
    width: 'minmax(170px, 1fr)',
    cell: ({ model }) => model ?? 'not in the registry',
  },
  {
    id: 'state',
    name: 'State',
    width: '100px',
    cell: ({ state }) => <TargetStateBadge state={state} />,
  },
  {
    id: 'for',
    name: 'For',
    width: '120px',
    isNumber: true,
    cell: ({ open_for_ms, pause_left_ms }) => durationText(open_for_ms ?? pause_left_ms),
  },
  {
    id: 'credential',
    name: 'Credential',
    width: '110px',
    isNumber: true,
    cell: ({ credential }) => String(credential + 1),
  },
  {
    id: 'live',
    name: 'Requests now',
    width: '120px',
    isNumber: true,
    cell: ({ live }) => countText(live),
  },
];

/** Credentials with models: what breakers and pauses are about. */
export function Targets(props: {
  readonly upstream: string;
  readonly targets: readonly TargetAnswer[];
}): ReactElement {
  return (
    <DataTable
      label={`Targets of ${props.upstream}`}
      rows={props.targets}
      columns={columns}
      idOf={({ credential, model }) => `${String(credential)} ${model ?? ''}`}
      empty={null}
    />
  );
}
