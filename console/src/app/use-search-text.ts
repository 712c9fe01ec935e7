import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SearchText } from './search-text.ts';

/** The query of the address, as text; members that are set to nothing leave it. */
export function useSearchText(): {
  readonly search: SearchText;
  readonly setSearch: (changes: SearchText) => void;
} {
  const search: SearchText = useSearch({ strict: false });
  const navigate = useNavigate();
  const setSearch = useCallback(
    (changes: SearchText) => {
      void navigate({
        to: '.',
        search: (before: SearchText) =>
          Object.fromEntries(
            Object.entries({ ...before, ...changes }).filter(
              ([, text]) => text !== undefined && text !== '',
            ),
          ),
        replace: true,
      });
    },
    [navigate],
  );
  return { search, setSearch };
}
