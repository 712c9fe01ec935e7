import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { KeyAnswer, KeySecretAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog, FormDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote, Loaded } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useForm } from '../../ui/use-form.ts';
import { budgetText } from './key-columns.tsx';
import { KeyFields, keyOrder, keyProblem, textsOfKey } from './key-form.tsx';
import { KeyStatus } from './key-status.tsx';
import styles from './keys.module.css';
import { ShownOnce } from './new-key-dialog.tsx';

const KEYS = '/admin/v1/keys';

type Step = 'edit' | 'rotate' | 'revoke' | undefined;

/** All that is known of a key, and what can be done with it. */
export function KeyDialog({
  id,
  onClose,
}: {
  readonly id: string;
  readonly onClose: () => void;
}): ReactElement {
  const [step, setStep] = useState<Step>();
  const query = useQuery({
    queryKey: [`${KEYS}/${id}`],
    queryFn: ({ signal }) => callApi<KeyAnswer>(`${KEYS}/${id}`, { signal }),
  });
  const back = (): void => {
    setStep(undefined);
  };
  const key = query.data;
  if (key !== undefined && step === 'edit') return <EditKey answer={key} onClose={back} />;
  if (key !== undefined && step === 'rotate') return <RotateKey answer={key} onClose={back} />;
  if (key !== undefined && step === 'revoke') return <RevokeKey answer={key} onClose={back} />;
  return (
    <Dialog title={key?.name ?? 'Key'} isOpen onClose={onClose}>
      <Loaded query={query}>{(answer) => <KeyFacts answer={answer} onStep={setStep} />}</Loaded>
    </Dialog>
  );
}

function listText(list: readonly string[] | null, none: string): string {
  return list === null ? none : list.join(', ');
}

interface FactsProps {
  readonly answer: KeyAnswer;
  readonly onStep: (step: Step) => void;
}

function KeyFacts({ answer, onStep }: FactsProps): ReactElement {
  return (
    <div className={styles['stack']}>
      <Facts
        facts={[
          ['Status', <KeyStatus key="status" {...answer} />],
          [
            'Id',
            <span key="id">
              <code>{answer.id}</code> <CopyButton text={answer.id} label="the id" />
            </span>,
          ],
          ['Key', <code key="key">{`${answer.prefix}…${answer.last4}`}</code>],
          ['Kind', answer.kind],
          [
            'Account',
            <Link key="account" to="/accounts/$account" params={{ account: answer.account }}>
              {answer.account}
            </Link>,
          ],
          ['Budget', budgetText(answer)],
          ['Models', listText(answer.models, 'every model')],
          ['Addresses', listText(answer.allowed_cidrs, 'from anywhere')],
          ['Scopes', answer.scopes.join(', ')],
          ['Created', <TimeText key="created" instant={answer.created_at} />],
          ['Last used', <TimeText key="used" instant={answer.last_used_at} />],
          ['Expires', <TimeText key="expires" instant={answer.expires_at} />],
        ]}
      />
      <div className={styles['actions']}>
        <Link to="/requests" search={{ key: answer.id }}>
          Its requests
        </Link>
        <Link to="/audit" search={{ subject: answer.id }}>
          Its history
        </Link>
        {answer.status === 'revoked' ? null : <KeyActions answer={answer} onStep={onStep} />}
      </div>
    </div>
  );
}

const steps = [
  ['edit', 'Edit'],
  ['rotate', 'Rotate'],
  ['revoke', 'Revoke'],
] as const;

function KeyActions({ answer, onStep }: FactsProps): ReactElement {
  const isOff = answer.status === 'disabled';
  const turn = useOrder({
    send: (word: 'disable' | 'enable') =>
      callApi<KeyAnswer>(`${KEYS}/${answer.id}/${word}`, { method: 'POST', body: {} }),
    changes: [KEYS],
    done: isOff ? 'The key works again.' : 'The key is disabled.',
  });
  return (
    <>
      <Button
        busy={turn.isPending}
        onClick={() => {
          turn.mutate(isOff ? 'enable' : 'disable');
        }}
      >
        {isOff ? 'Enable' : 'Disable'}
      </Button>
      {steps.map(([step, name]) => (
        <Button
          key={step}
          {...(step === 'revoke' ? { look: 'danger' } : {})}
          onClick={() => {
            onStep(step);
          }}
        >
          {name}
        </Button>
      ))}
      {turn.error === null ? null : <ErrorNote error={turn.error} />}
    </>
  );
}

interface StepProps {
  readonly answer: KeyAnswer;
  readonly onClose: () => void;
}

function EditKey({ answer, onClose }: StepProps): ReactElement {
  const form = useForm(textsOfKey(answer));
  const order = useOrder({
    send: (body: object) => callApi<KeyAnswer>(`${KEYS}/${answer.id}`, { method: 'PATCH', body }),
    changes: [KEYS],
    done: 'The key was changed.',
  });
  return (
    <FormDialog
      title={`Edit ${answer.name}`}
      isOpen
      onClose={onClose}
      submitText="Save"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={keyProblem(form.values) !== undefined}
      onSubmit={() => {
        const { expires_at = null, ...body } = keyOrder(form.values);
        order.mutate({ ...body, expires_at }, { onSuccess: onClose });
      }}
    >
      <KeyFields form={form} error={order.error} />
    </FormDialog>
  );
}

function RotateKey({ answer, onClose }: StepProps): ReactElement {
  const form = useForm({ grace: '3600' });
  const order = useOrder({
    send: (grace: number) =>
      callApi<KeySecretAnswer>(`${KEYS}/${answer.id}/rotate`, {
        method: 'POST',
        body: { grace_seconds: grace },
      }),
    changes: [KEYS],
  });
  if (order.data !== undefined) return <ShownOnce answer={order.data} onClose={onClose} />;
  return (
    <FormDialog
      title={`Another secret for ${answer.name}`}
      description="Id, rights and history stay. The secret of before works until its grace is over."
      isOpen
      onClose={onClose}
      submitText="Rotate"
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate(Number(form.values.grace));
      }}
    >
      <TextField label="Grace in seconds" type="number" min={0} {...form.bind('grace')} />
    </FormDialog>
  );
}

function RevokeKey({ answer, onClose }: StepProps): ReactElement {
  const order = useOrder({
    send: () => callApi<KeyAnswer>(`${KEYS}/${answer.id}/revoke`, { method: 'POST', body: {} }),
    changes: [KEYS],
    done: 'The key was revoked.',
  });
  return (
    <FormDialog
      title={`Revoke ${answer.name}?`}
      description="It stops working within a second, for ever. What it runs finishes."
      isOpen
      onClose={onClose}
      submitText="Revoke for ever"
      isDangerous
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate(undefined, { onSuccess: onClose });
      }}
    >
      <code>{answer.id}</code>
    </FormDialog>
  );
}
