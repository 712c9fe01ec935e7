import type { MessagesEvent } from '../messages/events.ts';
import { eventText } from '../messages/events.ts';
import type { DeterministicRandom } from './deterministic-random.ts';
import { weighEvents } from './weigh-events.ts';

const MS_PER_SECOND = 1000;
const PERCENT = 100;

/** How fast an answer comes. 0 stands for no delay and, for pings, for none. */
export interface Pace {
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  readonly pingEveryMs: number;
  /** By how much each delay of a stream may be longer or shorter. */
  readonly jitterPercent?: number;
}

/** One event of a stream and how long after the one before it comes. */
export interface TimedEvent {
  readonly delayMs: number;
  readonly text: string;
}

/**
 * Events in time: the first content after `firstTokenMs`, what follows at the speed of its tokens.
 * Jitter is drawn, so the same request has the same rhythm. Arguments of a call come in bursts unless
 * their tool is an eager one.
 */
export function timeEvents(
  events: readonly MessagesEvent[],
  pace: Pace,
  random: DeterministicRandom,
  eagerTools: ReadonlySet<string> = new Set(),
): readonly TimedEvent[] {
  const weights = pace.tokensPerSecond > 0 ? weighEvents(events, eagerTools) : [];
  let sawContent = false;
  return events.map((event, at) => {
    const isContent = event.type === 'content_block_delta';
    const delayMs = isContent && !sawContent ? pace.firstTokenMs : tokensMs(weights[at] ?? 0, pace);
    sawContent ||= isContent;
    return { delayMs: jittered(delayMs, pace, random), text: eventText(event) };
  });
}

/** How long a one-piece answer is in the making. */
export function wholeAnswerMs(outputTokens: number, pace: Pace): number {
  return pace.firstTokenMs + tokensMs(outputTokens, pace);
}

function jittered(
  delayMs: number,
  { jitterPercent = 0 }: Pace,
  random: DeterministicRandom,
): number {
  if (jitterPercent === 0 || delayMs === 0) return delayMs;
  return (delayMs * (PERCENT + random.between(-jitterPercent, jitterPercent))) / PERCENT;
}

function tokensMs(tokens: number, pace: Pace): number {
  return pace.tokensPerSecond > 0 ? (tokens * MS_PER_SECOND) / pace.tokensPerSecond : 0;
}
