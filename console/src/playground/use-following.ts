import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';

/** So close to the end of the answer, the page follows it. */
const NEAR_PX = 120;

interface Places {
  /** What grows. */
  readonly box: RefObject<HTMLElement | null>;
  /** Its end. */
  readonly end: RefObject<HTMLElement | null>;
}

/**
 * Keeps the end of what arrives in sight, for who is there when it begins. Whoever scrolls up to read
 * is left alone until they are back at the end.
 */
export function useFollowing({ box, end }: Places, isArriving: boolean): void {
  const isFollowed = useRef(false);
  useEffect(() => {
    const follow = (): void => {
      // What is above the window's end is in sight, or was left by its reader.
      if (isFollowed.current && belowWindow(end.current) > 0) {
        end.current?.scrollIntoView({ block: 'nearest' });
      }
    };
    if (!isArriving) {
      // The figures, or what went wrong, are there too by now.
      follow();
      isFollowed.current = false;
      return undefined;
    }
    isFollowed.current = isNear(end.current);
    let before = placeOf();
    const see = (): void => {
      const now = placeOf();
      // A page that became shorter moves by itself.
      if (now.top < before.top && now.height >= before.height) isFollowed.current = false;
      else if (isNear(end.current)) isFollowed.current = true;
      before = now;
    };
    // What grows may take the page further down in the same frame, so that it is not seen to go up.
    const turn = (event: Event): void => {
      if (!(event instanceof WheelEvent) || event.deltaY < 0) isFollowed.current = false;
    };
    const sizes = new ResizeObserver(follow);
    if (box.current !== null) sizes.observe(box.current);
    addEventListener('scroll', see, { passive: true });
    addEventListener('wheel', turn, { passive: true });
    addEventListener('touchmove', turn, { passive: true });
    return () => {
      sizes.disconnect();
      removeEventListener('scroll', see);
      removeEventListener('wheel', turn);
      removeEventListener('touchmove', turn);
    };
  }, [box, end, isArriving]);
}

function placeOf(): { readonly top: number; readonly height: number } {
  return { top: window.scrollY, height: document.documentElement.scrollHeight };
}

/** How far below the window it is, with the room that it wants there. */
function belowWindow(element: Element | null): number {
  if (element === null) return 0;
  const room = Number.parseFloat(getComputedStyle(element).scrollMarginBottom);
  return element.getBoundingClientRect().bottom + room - window.innerHeight;
}

function isNear(element: Element | null): boolean {
  return element !== null && belowWindow(element) < NEAR_PX;
}
