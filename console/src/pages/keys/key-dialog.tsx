import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
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
import { FullTimeText } from '../../ui/time-text.tsx';
import { errorAt, useForm, wholeProblem } from '../../ui/use-form.ts';
import { budgetText } from './key-columns.tsx';
import { KeyFields } from './key-form.tsx';
import { KeyStatus } from './key-status.tsx';
import { isKeyWhole, keyChanges, textsOfKey } from './key-values.ts';
import styles from './keys.module.css';
import { ShownOnce } from './new-key-dialog.tsx';

const KEYS = '/admin/v1/keys';
const GRACE_MAX = 30 * 86_400;

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
  // It may stand in an address that somebody wrote.
  const path = `${KEYS}/${encodeURIComponent(id)}`;
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => callApi<KeyAnswer>(path, { signal }),
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

const rateTexts = [
  ['requests_per_minute', 'requests a minute'],
  ['input_tokens_per_minute', 'input tokens a minute'],
  ['output_tokens_per_minute', 'output tokens a minute'],
  ['concurrency', 'at once'],
] as const;

function rateText({ rate }: KeyAnswer): string {
  const limits = rateTexts.flatMap(([name, text]) => {
    const limit = rate?.[name];
    return limit === undefined ? [] : [`${limit.toLocaleString('en-US')} ${text}`];
  });
  return limits.length === 0 ? 'none of its own' : limits.join(', ');
}

function momentFact(name: string, instant: string | null, none: string): [string, ReactNode] {
  return [name, instant === null ? none : <FullTimeText key={name} instant={instant} />];
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
          ['Limits', rateText(answer)],
          momentFact('Created', answer.created_at, '–'),
          momentFact('Last used', answer.last_used_at, 'not yet'),
          momentFact('Expires', answer.expires_at, 'never'),
          ...(answer.revoked_at === null ? [] : [momentFact('Revoked', answer.revoked_at, '–')]),
          ...(answer.grace_until === null
            ? []
            : [momentFact('Old secret ends', answer.grace_until, '–')]),
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
      cannotSubmit={!isKeyWhole(form.values, answer.kind)}
      onSubmit={() => {
        const changes = keyChanges(answer, form.values);
        if (Object.keys(changes).length === 0) onClose();
        else order.mutate(changes, { onSuccess: onClose });
      }}
    >
      <KeyFields form={form} kind={answer.kind} error={order.error} />
    </FormDialog>
  );
}

function RotateKey({ answer, onClose }: StepProps): ReactElement {
  const form = useForm({ grace: '3600' });
  const { grace } = form.values;
  const problem = wholeProblem(grace, { min: 0, max: GRACE_MAX });
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
      // Nothing is no number: the secret of before would end at once.
      cannotSubmit={grace === '' || problem !== undefined}
      onSubmit={() => {
        order.mutate(Number(grace));
      }}
    >
      <TextField
        label="Grace in seconds"
        inputMode="numeric"
        hint="0: the secret of before ends at once. At most 30 days."
        {...form.bind('grace')}
        error={problem ?? errorAt(order.error, 'grace_seconds')}
      />
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
