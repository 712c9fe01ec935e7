import type { ReactElement } from 'react';
import { useState } from 'react';
import type { KeyAnswer, KeySecretAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Dialog, FormDialog } from '../../ui/dialog.tsx';
import { useNamed } from '../../api/use-named.ts';
import { ComboField } from '../../ui/combo-field.tsx';
import { SelectField } from '../../ui/field.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';
import { KeyFields } from './key-form.tsx';
import { emptyKey, isKeyWhole, keyOrder } from './key-values.ts';
import { ALL_SCOPES } from './scope-names.ts';

const kinds: readonly { readonly value: KeyAnswer['kind']; readonly text: string }[] = [
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
  const [kind, setKind] = useState<KeyAnswer['kind']>('inference');
  const [owner, setOwner] = useState(account);
  const named = useNamed('/admin/v1/accounts');
  const accounts = named.map(({ id, name }) => ({ value: id, text: name, detail: id }));
  const order = useOrder({
    send: (body: object) => callApi<KeySecretAnswer>('/admin/v1/keys', { method: 'POST', body }),
    changes: ['/admin/v1/keys'],
  });
  if (order.data !== undefined) return <ShownOnce answer={order.data} onClose={onClose} />;
  return (
    <FormDialog
      title="New key"
      isOpen
      onClose={onClose}
      submitText="Make the key"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={!isKeyWhole(form.values, kind)}
      onSubmit={() => {
        const body = keyOrder(form.values, kind);
        order.mutate({ ...body, kind, ...(owner.trim() === '' ? {} : { account: owner.trim() }) });
      }}
    >
      <SelectField
        label="Kind"
        options={kinds}
        value={kind}
        onChange={({ target: { value } }) => {
          setKind(kinds.find((one) => one.value === value)?.value ?? kind);
          // Another kind has other scopes.
          form.set('scopes', ALL_SCOPES);
        }}
      />
      <ComboField
        label="Account"
        hint="Choose one by its name, or type its id. Empty: the key is an account of its own."
        options={accounts}
        none="No account is like that."
        value={owner}
        error={errorAt(order.error, 'account')}
        onChange={setOwner}
      />
      <KeyFields form={form} kind={kind} error={order.error} />
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
