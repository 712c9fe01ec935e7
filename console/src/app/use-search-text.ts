import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SearchText } from './search-text.ts';

/** Whether Back leads to the query that was there before: it does where a reader chose another one. */
export type SearchStep = 'push' | 'replace';

/** The query of the address, as text; members that are set to nothing leave it. */
export function useSearchText(): {
  readonly search: SearchText;
  readonly setSearch: (changes: SearchText, step?: SearchStep) => void;
} {
  const search: SearchText = useSearch({ strict: false });
  const navigate = useNavigate();
  const setSearch = useCallback(
    (changes: SearchText, step: SearchStep = 'push') => {
      void navigate({
        to: '.',
        search: (before: SearchText) =>
          Object.fromEntries(
            Object.entries({ ...before, ...changes }).filter(
              ([, text]) => text !== undefined && text !== '',
            ),
          ),
        replace: step === 'replace',
        // It is the same page still, so the reader stays where they are on it.
        resetScroll: false,
      });
    },
    [navigate],
  );
  return { search, setSearch };
}
