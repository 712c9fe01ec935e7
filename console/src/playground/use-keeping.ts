import { useEffect, useEffectEvent } from 'react';
import type { PlaygroundState } from './kept-playground.ts';
import { forgetInTab, keepInMemory, keepInTab } from './kept-playground.ts';

/** Whose work it is, and whether it may still be kept for them. */
export interface Keeping {
  readonly owner: string;
  readonly isOpen: () => boolean;
}

/** Keeps what is there for the case that its reader leaves: for another page, or to load it anew. */
export function useKeeping({ owner, isOpen }: Keeping, state: PlaygroundState): void {
  const leavePage = useEffectEvent(() => {
    if (isOpen()) keepInMemory(owner, state);
  });
  const leaveDocument = useEffectEvent(() => {
    if (isOpen()) keepInTab(owner, state);
  });
  useEffect(() => {
    const hide = (): void => {
      leaveDocument();
    };
    forgetInTab();
    addEventListener('pagehide', hide);
    // Back shows the page as it was left.
    addEventListener('pageshow', forgetInTab);
    return () => {
      removeEventListener('pagehide', hide);
      removeEventListener('pageshow', forgetInTab);
      leavePage();
    };
  }, []);
}
