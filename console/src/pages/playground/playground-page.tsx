import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { RequestAnswer } from '../../../../src/admin/contract.ts';
import type {
  UpstreamStateAnswer,
  UpstreamsAnswer,
} from '../../../../src/admin/contract-operations.ts';
import type { SessionAnswer } from '../../../../src/admin/contract-session.ts';
import { callApi, sessionHeaders } from '../../api/call-api.ts';
import { queryClient } from '../../api/query-client.ts';
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
  const { search, setSearch } = useSearchText();
  const query = useModels();
  const upstreams = useUpstreams();
  const transport = useMemo(
    () => sessionTransport(session.public_url, upstreams),
    [session.public_url, upstreams],
  );
  const asked = { modelId: search['model'], form: formNamed(search['form']) };
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
              initial={asked}
              asked={asked}
              onChoice={({ modelId, form }) => {
                setSearch({ model: modelId, form }, 'replace');
              }}
              keeping={{ owner: session.operator ?? '', isOpen: isSignedIn }}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

/** Nothing is kept for who has left. */
function isSignedIn(): boolean {
  const session = queryClient.getQueryData<SessionAnswer>(['/admin/v1/session']);
  return session?.state === 'signed-in';
}

const UPSTREAMS = '/admin/v1/upstreams';

/** Names of upstreams, those first that a request would rather go to. */
function useUpstreams(): readonly string[] | undefined {
  const { data } = useQuery({
    queryKey: [UPSTREAMS],
    queryFn: ({ signal }) => callApi<UpstreamsAnswer>(UPSTREAMS, { signal }),
    select: namesOf,
  });
  return data;
}

function namesOf({ data }: UpstreamsAnswer): readonly string[] {
  return data.toSorted((one, other) => rankOf(one) - rankOf(other)).map(({ name }) => name);
}

function rankOf({ is_default, is_drained }: UpstreamStateAnswer): number {
  return (is_drained ? 2 : 0) + (is_default ? 0 : 1);
}

/** Below this path the gateway serves what the public listener does, for a session. */
const TRY = '/console/try';

function sessionTransport(publicUrl: string, upstreams: readonly string[] | undefined): Transport {
  return {
    lacks: undefined,
    publicUrl,
    ...(upstreams === undefined ? {} : { upstreams }),
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
    linkTo: (id) => (
      <Link to="/requests/$request" params={{ request: id }}>
        {id}
      </Link>
    ),
  };
}
