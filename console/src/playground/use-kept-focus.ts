import type { RefObject } from 'react';
import { useEffect, useLayoutEffect, useRef } from 'react';

/**
 * Where what had the focus is gone, what it stood in gets it: whoever works by keyboard goes on from
 * there, and not from the beginning of the page.
 */
export function useKeptFocus(box: RefObject<HTMLElement | null>): void {
  const hadFocus = useRef(false);
  useEffect(() => {
    const see = ({ target }: FocusEvent): void => {
      hadFocus.current = target instanceof Node && box.current?.contains(target) === true;
    };
    const forget = (): void => {
      hadFocus.current = false;
    };
    document.addEventListener('focusin', see);
    // A click beside everything takes the focus away on purpose.
    document.addEventListener('pointerdown', forget);
    return () => {
      document.removeEventListener('focusin', see);
      document.removeEventListener('pointerdown', forget);
    };
  }, [box]);
  useLayoutEffect(() => {
    if (!hadFocus.current || document.activeElement !== document.body) return;
    box.current?.focus({ preventScroll: true });
  });
}
