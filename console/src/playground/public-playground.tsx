import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { RequestAnswer } from '../../../src/admin/contract.ts';
import { TextField } from '../ui/field.tsx';
import { Loaded } from '../ui/states.tsx';
import styles from './playground.module.css';
import { Playground } from './playground-view.tsx';
import type { Transport } from './transport.ts';
import type { InitialChoice } from './pane.ts';
import type { Keeping } from './use-keeping.ts';
import { useModels } from './use-models.ts';

/** The playground of a public page: it asks with a key of its user, which no storage keeps. */
export function PublicPlayground({ initial }: { readonly initial: InitialChoice }): ReactElement {
  const [key, setKey] = useState('');
  const transport = useMemo(() => publicTransport(key.trim()), [key]);
  const query = useModels();
  const asked = { form: initial.form };
  return (
    <div className={styles['public']}>
      <div className={styles['key']}>
        <TextField
          label="Key"
          type="password"
          mono
          name="quatrain-key"
          autoComplete="off"
          placeholder="qtn_…"
          hint="An inference key of this gateway. It stays in this page and is gone when you leave it."
          value={key}
          onChange={(event) => {
            setKey(event.target.value);
          }}
        />
      </div>
      <Loaded query={query}>
        {({ models }) => (
          <Playground
            transport={transport}
            models={models}
            initial={initial}
            asked={asked}
            onChoice={showForm}
            keeping={keeping}
          />
        )}
      </Loaded>
    </div>
  );
}

/** Each model's page has its own conversation. */
const keeping: Keeping = { owner: location.pathname, isOpen: () => true };

/** A reload, and who is sent the address, begins with the same form. */
function showForm({ form }: InitialChoice): void {
  const url = new URL(location.href);
  if (form !== undefined) url.searchParams.set('form', form);
  history.replaceState(history.state, '', url);
}

/** Asks the public paths themselves, as any program does. */
function publicTransport(key: string): Transport {
  return {
    lacks: key === '' ? 'Type a key above to send.' : undefined,
    publicUrl: location.origin,
    send: ({ path, headers, body, signal }) =>
      fetch(path, {
        method: 'POST',
        headers: { ...headers, 'x-api-key': key },
        body,
        signal,
        credentials: 'omit',
      }),
    async requestOf(id, signal) {
      const response = await fetch(`/v1/requests/${encodeURIComponent(id)}`, {
        headers: { 'x-api-key': key },
        signal,
        credentials: 'omit',
      });
      if (!response.ok) throw new Error(`the gateway answered ${String(response.status)}`);
      return (await response.json()) as RequestAnswer;
    },
  };
}
