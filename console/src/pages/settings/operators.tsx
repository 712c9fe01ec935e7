import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { OperatorAnswer, OperatorsAnswer } from '../../../../src/admin/contract-session.ts';
import { callApi } from '../../api/call-api.ts';
import { useSession } from '../../app/session.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { Loaded } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import type { OperatorStep } from './operator-dialogs.tsx';
import { OPERATORS, OperatorDialog } from './operator-dialogs.tsx';

function columnsWith(
  self: string | null,
  onStep: (step: OperatorStep) => void,
): readonly TableColumn<OperatorAnswer>[] {
  return [
    {
      id: 'name',
      name: 'Name',
      width: 'minmax(140px, 1fr)',
      cell: ({ name }) => (
        <Row>
          <b>{name}</b>
          {name === self ? <Badge tone="accent">you</Badge> : null}
        </Row>
      ),
    },
    {
      id: 'by',
      name: 'Made by',
      width: 'minmax(140px, 1fr)',
      cell: ({ created_by }) => created_by,
    },
    {
      id: 'created',
      name: 'Created',
      width: '120px',
      cell: ({ created_at }) => <TimeText instant={created_at} />,
    },
    {
      id: 'in',
      name: 'Last sign-in',
      width: '120px',
      cell: ({ last_sign_in_at }) => <TimeText instant={last_sign_in_at} />,
    },
    {
      id: 'actions',
      name: '',
      width: '230px',
      cell: ({ name }) => (
        <>
          <Button
            small
            onClick={() => {
              onStep({ kind: 'password', name });
            }}
          >
            Change password
          </Button>{' '}
          <Button
            small
            look="danger"
            onClick={() => {
              onStep({ kind: 'remove', name });
            }}
          >
            Remove
          </Button>
        </>
      ),
    },
  ];
}

/** Who can sign in here. */
export function Operators(): ReactElement {
  const { session } = useSession();
  const [step, setStep] = useState<OperatorStep>();
  const query = useQuery({
    queryKey: [OPERATORS],
    queryFn: ({ signal }) => callApi<OperatorsAnswer>(OPERATORS, { signal }),
  });
  return (
    <Stack>
      <Row>
        <Button
          look="primary"
          onClick={() => {
            setStep({ kind: 'new' });
          }}
        >
          New operator
        </Button>
      </Row>
      <Loaded query={query}>
        {({ data }) => (
          <DataTable
            label="Operators"
            rows={data}
            columns={columnsWith(session.operator, setStep)}
            idOf={({ name }) => name}
            empty={null}
          />
        )}
      </Loaded>
      {step === undefined ? null : (
        <OperatorDialog
          step={step}
          onClose={() => {
            setStep(undefined);
          }}
        />
      )}
    </Stack>
  );
}
