import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo } from 'react';
import type { SessionAnswer } from '../../../src/admin/contract-session.ts';
import { ApiError } from '../api/api-error.ts';
import { callApi, keepCsrfToken } from '../api/call-api.ts';
import { Loaded } from '../ui/states.tsx';
import { FirstRun } from './first-run.tsx';
import { SignIn } from './sign-in.tsx';

const PATH = '/admin/v1/session';
/** Reasons for which nobody is signed in any more. */
const ended: ReadonlySet<string> = new Set([
  'not_signed_in',
  'session_ended',
  'unauthenticated',
]);

interface SessionContext {
  readonly session: SessionAnswer;
  readonly signOut: () => void;
}

const Context = createContext<SessionContext | undefined>(undefined);

/** Who is signed in. */
export function useSession(): SessionContext {
  const session = useContext(Context);
  if (session === undefined) throw new Error('there is no session around this');
  return session;
}

/** Shows the console to whoever is signed in, and to everybody else how to get there. */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactNode {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: [PATH],
    queryFn: ({ signal }) => callApi<SessionAnswer>(PATH, { signal }),
    staleTime: Infinity,
  });
  const { data: session } = query;
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated') return;
        const error = event.query.state.error as unknown;
        const key = event.query.queryKey as readonly unknown[];
        if (error instanceof ApiError && ended.has(error.code) && key[0] !== PATH)
          void queries.invalidateQueries({ queryKey: [PATH] });
      }),
    [queries],
  );
  if (session !== undefined) keepCsrfToken(session.csrf_token);
  const context = useMemo(
    () =>
      session === undefined
        ? undefined
        : {
            session,
            signOut: () => {
              void signOut(() => queries.resetQueries());
            },
          },
    [session, queries],
  );
  const accept = (answer: SessionAnswer): void => {
    queries.setQueryData([PATH], answer);
  };
  return (
    <Loaded query={query}>
      {({ state }): ReactElement => {
        // The dev server says who it is by an admin key.
        const isIn = state === 'signed-in' || import.meta.env.DEV;
        if (isIn) return <Context value={context}>{children}</Context>;
        return state === 'setup' ? <FirstRun onIn={accept} /> : <SignIn onIn={accept} />;
      }}
    </Loaded>
  );
}

async function signOut(reset: () => Promise<void>): Promise<void> {
  await callApi(PATH, { method: 'DELETE' });
  await reset();
}
