import type { FormEvent, ReactElement } from 'react';
import type {
  RecordingAnswer,
  RecordingBody,
  RecordingsAnswer,
} from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { ComboField } from '../../ui/combo-field.tsx';
import type { ComboOption } from '../../ui/combo-match.ts';
import { TextField } from '../../ui/field.tsx';
import { Columns, Row, Stack } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';
import { useRecordableKeys } from './use-recordable-keys.ts';

const CASSETTES = '/admin/v1/cassettes';

function columnsWith(
  keys: readonly ComboOption[],
  stop: (recording: RecordingAnswer) => void,
): readonly TableColumn<RecordingAnswer>[] {
  return [
    {
      id: 'key',
      name: 'Key',
      width: 'minmax(180px, 1fr)',
      cell: ({ key_id }) => {
        const known = keys.find(({ value }) => value === key_id);
        return (
          <>
            <code>{key_id}</code> {known?.text}
          </>
        );
      },
    },
    {
      id: 'cassette',
      name: 'Cassette',
      width: 'minmax(160px, 1fr)',
      cell: ({ cassette }) => cassette,
    },
    {
      id: 'source',
      name: 'By',
      width: '140px',
      cell: ({ source }) => <Badge>{source}</Badge>,
    },
    {
      id: 'stop',
      name: '',
      width: '90px',
      cell: (recording) =>
        recording.source === 'operator' ? (
          <Button
            small
            onClick={() => {
              stop(recording);
            }}
          >
            Stop
          </Button>
        ) : null,
    },
  ];
}

/** What is recorded now, and the way to begin. */
export function Recordings(props: {
  readonly recordings: readonly RecordingAnswer[];
}): ReactElement {
  const form = useForm({ key: '', cassette: '' });
  const keys = useRecordableKeys();
  const order = useOrder({
    send: (body: RecordingBody) =>
      callApi<RecordingsAnswer>(`${CASSETTES}/recording`, { method: 'POST', body }),
    changes: [CASSETTES],
  });
  const { key, cassette } = form.values;
  const start = (event: FormEvent): void => {
    event.preventDefault();
    order.mutate(
      { action: 'start', key_id: key.trim(), cassette: cassette.trim() },
      { onSuccess: form.reset },
    );
  };
  return (
    <Card title="Recording now">
      <Stack>
        <DataTable
          label="Recordings"
          rows={props.recordings}
          columns={columnsWith(keys, ({ key_id }) => {
            order.mutate({ action: 'stop', key_id });
          })}
          idOf={({ key_id }) => key_id}
          empty="Nothing is recorded."
        />
        <form onSubmit={start} noValidate>
          <Stack>
            <Columns>
              <ComboField
                label="Key to record"
                mono
                options={keys}
                none="No key is like that. The id of any key is taken."
                hint="Choose one by its name or account, or type its id."
                value={key}
                onChange={(value) => {
                  form.set('key', value);
                }}
                error={errorAt(order.error, 'key_id')}
              />
              <TextField
                label="Cassette"
                hint="A file of this name is made, or goes on."
                {...form.bind('cassette')}
                error={errorAt(order.error, 'cassette')}
              />
            </Columns>
            <Row>
              <Button
                type="submit"
                busy={order.isPending}
                disabled={key.trim() === '' || cassette.trim() === ''}
              >
                Record
              </Button>
            </Row>
          </Stack>
        </form>
        {order.error === null ? null : <ErrorNote error={order.error} />}
      </Stack>
    </Card>
  );
}
