import type { ReactElement } from 'react';
import { useState } from 'react';
import type { KeySecretAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Dialog, FormDialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';
import { KeyFields, emptyKey, keyOrder, keyProblem } from './key-form.tsx';

const kinds = [
  { value: 'inference', text: 'Inference: calls models' },
  { value: 'management', text: 'Management: looks after keys and wallet of one account' },
  { value: 'admin', text: 'Admin: administers this gateway' },
];

/** Makes a key, and shows it once. */
export function NewKeyDialog({
  account,
  onClose,
}: {
  readonly account: string;
  readonly onClose: () => void;
}): ReactElement {
  const form = useForm(emptyKey);
  const [kind, setKind] = useState('inference');
  const [owner, setOwner] = useState(account);
  const order = useOrder({
    send: (body: object) => callApi<KeySecretAnswer>('/admin/v1/keys', { method: 'POST', body }),
    changes: ['/admin/v1/keys'],
  });
  if (order.data !== undefined) return <ShownOnce answer={order.data} onClose={onClose} />;
  const problem = keyProblem(form.values);
  return (
    <FormDialog
      title="New key"
      isOpen
      onClose={onClose}
      submitText="Make the key"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={problem !== undefined}
      onSubmit={() => {
        const body = keyOrder(form.values);
        order.mutate({ ...body, kind, ...(owner.trim() === '' ? {} : { account: owner.trim() }) });
      }}
    >
      <SelectField
        label="Kind"
        options={kinds}
        value={kind}
        onChange={(event) => {
          setKind(event.target.value);
        }}
      />
      <TextField
        label="Account"
        placeholder="its own"
        value={owner}
        error={errorAt(order.error, 'account')}
        onChange={(event) => {
          setOwner(event.target.value);
        }}
      />
      <KeyFields form={form} error={order.error} />
    </FormDialog>
  );
}

/** The only time that anybody sees it. */
export function ShownOnce({
  answer,
  onClose,
}: {
  readonly answer: KeySecretAnswer;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <Dialog
      title="Copy the key now"
      description="It is shown this once. What is stored cannot be turned back into it."
      isOpen
      onClose={onClose}
    >
      <CodeBlock text={answer.key} label="key" wrap />
      <p>
        <Button look="primary" onClick={onClose}>
          I have copied it
        </Button>
      </p>
    </Dialog>
  );
}
