import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import type { SessionAnswer } from '../../../src/admin/contract-session.ts';
import { callApi, keepCsrfToken } from '../api/call-api.ts';
import { Loaded } from '../ui/states.tsx';
import { useToasts } from '../ui/toasts.tsx';
import { FirstRun } from './first-run.tsx';
import { SignInAgain } from './sign-in-again.tsx';
import { SignIn } from './sign-in.tsx';
import type { SessionEnd } from './use-session-end.ts';
import { sessionEndOf, useSessionEnd } from './use-session-end.ts';

const PATH = '/admin/v1/session';

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
  /** Whose work is still on the page although their session ran out. */
  const [waiting, setWaiting] = useState<SessionAnswer>();
  const end = useCallback(
    (how: SessionEnd) => {
      const before = queries.getQueryData<SessionAnswer>([PATH]);
      if (before?.state !== 'signed-in') return;
      setWaiting(how === 'ran-out' ? before : undefined);
      queries.setQueryData<SessionAnswer>([PATH], {
        ...before,
        state: 'signed-out',
        csrf_token: null,
      });
    },
    [queries],
  );
  useSessionEnd(end);
  if (session !== undefined) keepCsrfToken(session.csrf_token);
  const signOut = useSignOut(end);
  const shown = waiting ?? session;
  const context = useMemo(
    () => (shown === undefined ? undefined : { session: shown, signOut }),
    [shown, signOut],
  );
  const accept = (answer: SessionAnswer): void => {
    queries.setQueryData([PATH], answer);
    setWaiting(undefined);
    // What was asked in between was refused.
    void queries.invalidateQueries({ predicate: ({ queryKey: [first] }) => first !== PATH });
  };
  const askAnew = (): void => {
    void queries.invalidateQueries({ queryKey: [PATH] });
  };
  const leave = (): void => {
    setWaiting(undefined);
  };
  return (
    <Loaded query={query}>
      {({ state }): ReactElement => {
        // The dev server says who it is by an admin key.
        const isIn = state === 'signed-in' || import.meta.env.DEV;
        if (isIn || waiting !== undefined) {
          return (
            <Context value={context}>
              {children}
              {isIn ? null : (
                <SignInAgain name={waiting?.operator ?? ''} onIn={accept} onLeave={leave} />
              )}
            </Context>
          );
        }
        if (state !== 'setup') return <SignIn onIn={accept} />;
        return <FirstRun onIn={accept} onDone={askAnew} />;
      }}
    </Loaded>
  );
}

/** Ends the session; whoever signs in next finds nothing of what was read before. */
function useSignOut(end: (how: SessionEnd) => void): () => void {
  const queries = useQueryClient();
  const toasts = useToasts();
  return useCallback(() => {
    const isOut = (): void => {
      end('left');
      queries.removeQueries({ predicate: ({ queryKey: [first] }) => first !== PATH });
    };
    void callApi(PATH, { method: 'DELETE' }).then(isOut, (error: unknown) => {
      // Somebody else ended it before.
      if (sessionEndOf(error) !== undefined) isOut();
      else toasts.say(`You are still signed in. ${error instanceof Error ? error.message : ''}`);
    });
  }, [end, queries, toasts]);
}
