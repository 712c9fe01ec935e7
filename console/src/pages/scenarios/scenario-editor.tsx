import type { ReactElement } from 'react';
import type {
  ScenarioCheckAnswer,
  ScenarioCheckBody,
  ScenarioSummary,
  ScenarioWriteBody,
  ScenariosAnswer,
  TextProblem,
} from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { TextAreaField } from '../../ui/field.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import { useForm } from '../../ui/use-form.ts';

const SCENARIOS = '/admin/v1/scenarios';

const problemColumns: readonly TableColumn<TextProblem>[] = [
  {
    id: 'place',
    name: 'Line',
    width: '90px',
    cell: ({ line, column }) => `${String(line)}:${String(column)}`,
  },
  {
    id: 'path',
    name: 'Where',
    width: 'minmax(160px, 1fr)',
    cell: ({ path }) => <code>{path}</code>,
  },
  { id: 'message', name: 'Problem', width: 'minmax(260px, 2fr)', cell: ({ message }) => message },
];

const scenarioColumns: readonly TableColumn<ScenarioSummary>[] = [
  { id: 'name', name: 'Name', width: 'minmax(180px, 1fr)', cell: ({ name }) => <b>{name}</b> },
  { id: 'line', name: 'Line', width: '80px', isNumber: true, cell: ({ line }) => String(line) },
  { id: 'steps', name: 'Steps', width: '80px', isNumber: true, cell: ({ steps }) => String(steps) },
  {
    id: 'times',
    name: 'Times',
    width: '90px',
    isNumber: true,
    cell: ({ times }) => (times === null ? 'always' : String(times)),
  },
  {
    id: 'match',
    name: 'Requests',
    width: '130px',
    cell: ({ has_match }) => (has_match ? 'that match' : 'all'),
  },
  {
    id: 'faults',
    name: 'Faults',
    width: '90px',
    cell: ({ faults }) => (faults === 0 ? '–' : <Badge tone="warn">{String(faults)}</Badge>),
  },
];

/** Edits the file of scenarios; what would not be taken is not written. */
export function ScenarioEditor({ answer }: { readonly answer: ScenariosAnswer }): ReactElement {
  const form = useForm({ text: answer.text });
  const { text } = form.values;
  const check = useOrder({
    send: (body: ScenarioCheckBody) =>
      callApi<ScenarioCheckAnswer>(`${SCENARIOS}/check`, { method: 'POST', body }),
    changes: [],
  });
  const save = useOrder({
    send: (body: ScenarioWriteBody) => callApi<ScenariosAnswer>(SCENARIOS, { method: 'PUT', body }),
    changes: [SCENARIOS],
    done: 'The scenarios are saved.',
  });
  const checked = check.data ?? answer;
  return (
    <Stack>
      <TextAreaField
        label="Scenarios"
        mono
        rows={22}
        disabled={!answer.is_writable}
        {...form.bind('text')}
      />
      <Row>
        <Button
          busy={check.isPending}
          onClick={() => {
            check.mutate({ text });
          }}
        >
          Check
        </Button>
        <Button
          look="primary"
          busy={save.isPending}
          disabled={!answer.is_writable || text === answer.text}
          onClick={() => {
            save.mutate({ text, etag: answer.etag });
          }}
        >
          Save
        </Button>
        {check.data === undefined ? null : (
          <Badge tone={check.data.ok ? 'good' : 'bad'}>
            {check.data.ok ? 'would be taken' : 'has problems'}
          </Badge>
        )}
      </Row>
      {check.error === null ? null : <ErrorNote error={check.error} />}
      {save.error === null ? null : <ErrorNote error={save.error} />}
      <DataTable
        label="Problems"
        rows={checked.problems}
        columns={problemColumns}
        idOf={({ line, column, message }) => `${String(line)}:${String(column)} ${message}`}
        empty={null}
      />
      <Card title="What the text has">
        <DataTable
          label="Scenarios"
          rows={checked.scenarios}
          columns={scenarioColumns}
          idOf={({ name, line }) => `${name} ${String(line)}`}
          empty="No scenarios."
        />
      </Card>
    </Stack>
  );
}
