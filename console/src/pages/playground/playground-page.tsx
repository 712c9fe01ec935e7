import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { RequestAnswer } from '../../../../src/admin/contract.ts';
import { callApi, sessionHeaders } from '../../api/call-api.ts';
import { useSession } from '../../app/session.tsx';
import { useSearchText } from '../../app/use-search-text.ts';
import { formNamed } from '../../playground/forms.ts';
import { Playground } from '../../playground/playground-view.tsx';
import type { Transport } from '../../playground/transport.ts';
import { useModels } from '../../playground/use-models.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';

/** Asks models with the operator's session: the gateway has the key. */
export function PlaygroundPage(): ReactElement {
  const { session } = useSession();
  const { search } = useSearchText();
  const query = useModels();
  const transport = useMemo(() => sessionTransport(session.public_url), [session.public_url]);
  return (
    <Page
      title="Playground"
      lead="Requests go the way of every caller’s: they are logged, limited and paid for."
    >
      <Loaded query={query}>
        {({ models }) =>
          models.length === 0 ? (
            <EmptyState title="No models">The plan in force lists none.</EmptyState>
          ) : (
            <Playground
              transport={transport}
              models={models}
              initial={{ modelId: search['model'], form: formNamed(search['form']) }}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

/** Below this path the gateway serves what the public listener does, for a session. */
const TRY = '/console/try';

function sessionTransport(publicUrl: string): Transport {
  return {
    lacks: undefined,
    publicUrl,
    send: ({ path, headers, body, signal }) =>
      fetch(`${TRY}${path}`, {
        method: 'POST',
        headers: { ...headers, ...sessionHeaders() },
        body,
        signal,
        credentials: 'same-origin',
      }),
    requestOf: (id, signal) =>
      callApi<RequestAnswer>(`/admin/v1/requests/${encodeURIComponent(id)}`, { signal }),
    pageOf: (id) => `/console/requests/${encodeURIComponent(id)}`,
  };
}
