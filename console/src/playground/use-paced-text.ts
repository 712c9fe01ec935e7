import { useEffect, useRef, useState } from 'react';

/** For each millisecond that it took to show a text, so many go by before the next one is shown. */
const REST_FACTOR = 2;

/**
 * A text that grows, as it is to be shown: once a frame at most, and less often where that takes long.
 * What no longer grows is shown at once.
 */
export function usePacedText(text: string, isArriving: boolean): string {
  const [shown, setShown] = useState(text);
  const takenMs = useRef(0);
  const restsUntilMs = useRef(0);
  useEffect(() => {
    if (takenMs.current === 0) return;
    // Effects come last: by now it is on the page.
    const nowMs = performance.now();
    restsUntilMs.current = nowMs + (nowMs - takenMs.current) * REST_FACTOR;
  }, [shown]);
  useEffect(() => {
    if (!isArriving || shown === text) return undefined;
    const take = (nowMs: number): void => {
      if (nowMs < restsUntilMs.current) {
        frame = requestAnimationFrame(take);
      } else {
        takenMs.current = performance.now();
        setShown(text);
      }
    };
    let frame = requestAnimationFrame(take);
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [text, shown, isArriving]);
  return isArriving ? shown : text;
}
