import type { ReactElement } from 'react';
import type {
  CassetteReport,
  SummedDifferenceAnswer,
} from '../../../../src/admin/contract-exchanges.ts';
import { countText } from '../../format/figures.ts';
import { Badge } from '../../ui/badge.tsx';
import { Stats } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Stack } from '../../ui/stack.tsx';

const columns: readonly TableColumn<SummedDifferenceAnswer>[] = [
  {
    id: 'facet',
    name: 'What differs',
    width: 'minmax(200px, 1.4fr)',
    cell: ({ facet }) => <code>{facet}</code>,
  },
  {
    id: 'kind',
    name: 'How',
    width: '100px',
    cell: ({ kind }) => <Badge tone="warn">{kind}</Badge>,
  },
  {
    id: 'recorded',
    name: 'Recorded',
    width: 'minmax(120px, 1fr)',
    cell: ({ recorded }) => recorded ?? '–',
  },
  { id: 'today', name: 'Today', width: 'minmax(120px, 1fr)', cell: ({ today }) => today ?? '–' },
  {
    id: 'lines',
    name: 'In exchanges',
    width: '120px',
    isNumber: true,
    cell: ({ lines }) => countText(lines.length),
  },
];

/** What came of playing a cassette. */
export function CassetteReportView({ report }: { readonly report: CassetteReport }): ReactElement {
  const { upstream, compared, drifted, skipped, left_out, summed } = report;
  return (
    <Stack>
      <Stats
        stats={[
          { name: 'Compared', value: countText(compared), note: `with ${upstream}` },
          { name: 'Different', value: countText(drifted) },
          { name: 'Skipped', value: countText(skipped) },
          { name: 'Left out', value: countText(left_out) },
        ]}
      />
      <DataTable
        label="Differences"
        rows={summed}
        columns={columns}
        idOf={({ facet, kind, recorded, today }) =>
          [facet, kind, recorded ?? '', today ?? ''].join(' ')
        }
        empty="Answers have the form that was recorded."
      />
    </Stack>
  );
}
