import type { ReactElement } from 'react';
import type {
  SettingsChangeAnswer,
  SettingsCheckAnswer,
  SettingsProblemAnswer,
} from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { TextAreaField } from '../../ui/field.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import { useForm } from '../../ui/use-form.ts';

const problemColumns: readonly TableColumn<SettingsProblemAnswer>[] = [
  { id: 'where', name: 'Where', width: '160px', cell: ({ where }) => where },
  {
    id: 'path',
    name: 'Option',
    width: 'minmax(160px, 1fr)',
    cell: ({ path }) => <code>{path}</code>,
  },
  { id: 'message', name: 'Problem', width: 'minmax(260px, 2fr)', cell: ({ message }) => message },
];

const changeColumns: readonly TableColumn<SettingsChangeAnswer>[] = [
  {
    id: 'path',
    name: 'Option',
    width: 'minmax(180px, 1fr)',
    cell: ({ path }) => <code>{path}</code>,
  },
  {
    id: 'from',
    name: 'In force',
    width: 'minmax(160px, 1fr)',
    cell: ({ from }) => JSON.stringify(from),
  },
  {
    id: 'to',
    name: 'In the text',
    width: 'minmax(160px, 1fr)',
    cell: ({ to }) => JSON.stringify(to),
  },
  {
    id: 'restart',
    name: '',
    width: '140px',
    cell: ({ needs_restart }) =>
      needs_restart ? <Badge tone="warn">needs a restart</Badge> : <Badge>at once</Badge>,
  },
];

/** Says whether a configuration would be taken, and what it would change. Nothing is written. */
export function CheckConfiguration(): ReactElement {
  const form = useForm({ yaml: '' });
  const order = useOrder({
    send: (yaml: string) =>
      callApi<SettingsCheckAnswer>('/admin/v1/settings/check', { method: 'POST', body: { yaml } }),
    changes: [],
  });
  return (
    <Stack>
      <TextAreaField
        label="Text of a quatrain.yaml"
        mono
        rows={14}
        hint="It is read as the gateway would read it. Nothing is written."
        {...form.bind('yaml')}
      />
      <Row>
        <Button
          look="primary"
          busy={order.isPending}
          disabled={form.values.yaml.trim() === ''}
          onClick={() => {
            order.mutate(form.values.yaml);
          }}
        >
          Check
        </Button>
      </Row>
      {order.error === null ? null : <ErrorNote error={order.error} />}
      {order.data === undefined ? null : <Checked answer={order.data} />}
    </Stack>
  );
}

function Checked({ answer }: { readonly answer: SettingsCheckAnswer }): ReactElement {
  const { ok, problems, changes } = answer;
  return (
    <Stack>
      <Row>
        <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'would be taken' : 'would be refused'}</Badge>
        {ok && changes.length === 0 ? <span>It changes nothing.</span> : null}
      </Row>
      <DataTable
        label="Problems"
        rows={problems}
        columns={problemColumns}
        idOf={({ path, where, message }) => [path, where, message].join(' ')}
        empty={null}
      />
      <DataTable
        label="Changes"
        rows={changes}
        columns={changeColumns}
        idOf={({ path }) => path}
        empty={null}
      />
    </Stack>
  );
}
