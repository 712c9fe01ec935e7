import { useCallback, useEffect, useState } from 'react';

/** Where a replay is, and what can be done with it. */
export interface Playback {
  readonly atMs: number;
  readonly isPlaying: boolean;
  readonly speed: number;
  readonly toggle: () => void;
  readonly seek: (atMs: number) => void;
  readonly setSpeed: (speed: number) => void;
}

/** Goes along a time as it went, or faster; stands at its end at first. */
export function usePlayback(durationMs: number): Playback {
  const [atMs, setAt] = useState(durationMs);
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  useEffect(() => {
    if (!isPlaying) return undefined;
    let before: number | undefined;
    let frame = requestAnimationFrame(function step(now: number): void {
      const passedMs = before === undefined ? 0 : (now - before) * speed;
      before = now;
      setAt((at) => Math.min(durationMs, at + passedMs));
      frame = requestAnimationFrame(step);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [isPlaying, speed, durationMs]);
  const isOver = atMs >= durationMs;
  useEffect(() => {
    if (isOver) setPlaying(false);
  }, [isOver]);
  const toggle = useCallback(() => {
    if (!isPlaying && isOver) setAt(0);
    setPlaying(!isPlaying);
  }, [isPlaying, isOver]);
  const seek = useCallback((to: number) => {
    setPlaying(false);
    setAt(to);
  }, []);
  return { atMs, isPlaying, speed, toggle, seek, setSpeed };
}
