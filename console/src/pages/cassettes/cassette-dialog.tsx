import type { ReactElement } from 'react';
import type {
  CassetteExchange,
  CassetteReport,
  ReplayBody,
} from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { usePages } from '../../api/use-pages.ts';
import { durationText } from '../../format/figures.ts';
import { Badge, toneOfStatus } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { EmptyState, ErrorNote } from '../../ui/states.tsx';
import { CassetteReportView } from './cassette-report.tsx';
import { Drift } from './drift.tsx';

const columns: readonly TableColumn<CassetteExchange>[] = [
  { id: 'line', name: 'Line', width: '70px', isNumber: true, cell: ({ line }) => String(line) },
  {
    id: 'operation',
    name: 'Operation',
    width: 'minmax(150px, 1fr)',
    cell: ({ operation }) => operation,
  },
  { id: 'model', name: 'Model', width: 'minmax(170px, 1fr)', cell: ({ model }) => model ?? '–' },
  {
    id: 'status',
    name: 'Status',
    width: '100px',
    cell: ({ http_status, error }) => (
      <Badge tone={toneOfStatus(http_status)}>{error ?? String(http_status)}</Badge>
    ),
  },
  {
    id: 'stream',
    name: '',
    width: '80px',
    cell: ({ is_stream }) => (is_stream ? <Badge tone="info">stream</Badge> : null),
  },
  {
    id: 'total',
    name: 'Took',
    width: '100px',
    isNumber: true,
    cell: ({ total_ms }) => durationText(total_ms),
  },
];

/** What a cassette has, and what becomes of it when it is played. */
export function CassetteDialog(props: {
  readonly name: string;
  readonly onClose: () => void;
}): ReactElement {
  const { name, onClose } = props;
  const path = `/admin/v1/cassettes/${encodeURIComponent(name)}`;
  const list = usePages<CassetteExchange>(path);
  const replay = useOrder({
    send: (body: ReplayBody) => callApi<CassetteReport>(`${path}/replay`, { method: 'POST', body }),
    changes: [],
  });
  return (
    <Dialog title={name} isOpen onClose={onClose} wide>
      <Stack>
        <PagedTable
          label="Exchanges"
          list={list}
          columns={columns}
          idOf={({ line }) => String(line)}
          empty={<EmptyState title="Nothing was recorded in it" />}
        />
        <Row>
          <Button
            busy={replay.isPending}
            onClick={() => {
              replay.mutate({});
            }}
          >
            Play against the emulator
          </Button>
          <span>It costs nothing, and nothing leaves this process.</span>
        </Row>
        {replay.error === null ? null : <ErrorNote error={replay.error} />}
        {replay.data === undefined ? null : <CassetteReportView report={replay.data} />}
        <Drift name={name} />
      </Stack>
    </Dialog>
  );
}
