import type { ReactElement } from 'react';
import { useState } from 'react';
import type { TransferAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { amountProblem, exactUsdText, nanoOfUsd } from '../../format/money.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt, instantOf, useForm } from '../../ui/use-form.ts';
import { REASON_HINT, isReason } from './reason.ts';

export type MovementKind = 'top-ups' | 'grants' | 'adjustments' | 'refunds' | 'chargebacks';

interface Movement {
  readonly kind: MovementKind;
  readonly name: string;
  readonly about: string;
  /** Whether it wants the number of a ticket. */
  readonly needsTicket: boolean;
  readonly takesOut: boolean;
}

/** The ways in which an operator moves money. */
export const movements: readonly Movement[] = [
  {
    kind: 'top-ups',
    name: 'Top up',
    about: 'Money that came some other way than through a payment processor.',
    needsTicket: false,
    takesOut: false,
  },
  {
    kind: 'grants',
    name: 'Grant credit',
    about: 'Promotional credit: it is spent first, and lapses.',
    needsTicket: false,
    takesOut: false,
  },
  {
    kind: 'adjustments',
    name: 'Adjust',
    about: 'Puts money in or takes it out; never more than is available.',
    needsTicket: true,
    takesOut: false,
  },
  {
    kind: 'refunds',
    name: 'Refund',
    about: 'Takes money out that went back to who paid it; never what running requests hold.',
    needsTicket: true,
    takesOut: true,
  },
  {
    kind: 'chargebacks',
    name: 'Chargeback',
    about: 'Takes out what a bank took back. The wallet may go below zero by it.',
    needsTicket: true,
    takesOut: true,
  },
];

interface MovementTexts {
  readonly amount: string;
  readonly reason: string;
  readonly ticket: string;
  readonly direction: string;
  readonly expires: string;
}

function bodyOf(kind: MovementKind, texts: MovementTexts): Record<string, unknown> {
  const { amount, reason, ticket, direction, expires } = texts;
  return {
    amount_nano: nanoOfUsd(amount),
    reason,
    ...(ticket.trim() === '' ? {} : { ticket: ticket.trim() }),
    ...(kind === 'adjustments' ? { direction } : {}),
    ...(kind === 'grants' ? { expires_at: instantOf(expires) } : {}),
  };
}

function isWhole(movement: Movement | undefined, texts: MovementTexts): boolean {
  const hasTicket = movement?.needsTicket !== true || texts.ticket.trim() !== '';
  const hasEnd = movement?.kind !== 'grants' || texts.expires !== '';
  const isAmount = texts.amount.trim() !== '' && amountProblem(texts.amount) === undefined;
  return isAmount && isReason(texts.reason) && hasTicket && hasEnd;
}

/** Moves money in or out of a wallet: once, however often the button is pressed. */
export function MovementDialog(props: {
  readonly account: string;
  readonly kind: MovementKind;
  readonly onClose: () => void;
}): ReactElement {
  const { account, kind, onClose } = props;
  const movement = movements.find((one) => one.kind === kind);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const form = useForm({ amount: '', reason: '', ticket: '', direction: 'in', expires: '' });
  const order = useOrder({
    send: (body: object) =>
      callApi<TransferAnswer>(`/admin/v1/wallets/${encodeURIComponent(account)}/${kind}`, {
        method: 'POST',
        body,
        idempotencyKey,
      }),
    changes: ['/admin/v1/wallets'],
    done: ({ amount_nano }) => `${exactUsdText(amount_nano)} is in the books.`,
  });
  return (
    <FormDialog
      title={movement?.name ?? kind}
      description={movement?.about}
      isOpen
      onClose={onClose}
      submitText={movement?.name ?? kind}
      isDangerous={movement?.takesOut === true}
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={!isWhole(movement, form.values)}
      onSubmit={() => {
        order.mutate(bodyOf(kind, form.values), { onSuccess: onClose });
      }}
    >
      <MovementFields movement={movement} form={form} error={order.error} />
    </FormDialog>
  );
}

function MovementFields(props: {
  readonly movement: Movement | undefined;
  readonly form: FormTexts<keyof MovementTexts>;
  readonly error: Error | null;
}): ReactElement {
  const { movement, form, error } = props;
  const { bind, values } = form;
  return (
    <>
      <TextField
        label="Amount in USD"
        inputMode="decimal"
        placeholder="25.00"
        {...bind('amount')}
        error={amountProblem(values.amount) ?? errorAt(error, 'amount_nano')}
      />
      {movement?.kind === 'adjustments' ? (
        <SelectField
          label="Direction"
          options={[
            { value: 'in', text: 'In' },
            { value: 'out', text: 'Out' },
          ]}
          {...bind('direction')}
        />
      ) : null}
      {movement?.kind === 'grants' ? (
        <TextField
          label="Lapses"
          type="datetime-local"
          {...bind('expires')}
          error={errorAt(error, 'expires_at')}
        />
      ) : null}
      <TextField
        label="Reason"
        hint={REASON_HINT}
        {...bind('reason')}
        error={errorAt(error, 'reason')}
      />
      <TextField
        label={movement?.needsTicket === true ? 'Ticket' : 'Ticket, if there is one'}
        {...bind('ticket')}
        error={errorAt(error, 'ticket')}
      />
    </>
  );
}
