import type { LiveAnswer } from '../admin/contract-exchanges.ts';
import { systemClock } from '../std/clock.ts';
import type { AdminFlags } from './admin-access.ts';
import { adminAccess } from './admin-access.ts';
import type { GatewayAccess } from './ask-gateway.ts';
import { askGateway, jsonOf } from './ask-gateway.ts';
import { CommandProblem } from './command-problem.ts';
import { drawTop } from './draw-top.ts';
import { paintFor } from './paint.ts';
import { Screen } from './screen.ts';
import { say } from './terminal.ts';
import { waitUnlessAborted } from './wait-unless-aborted.ts';
import { watchLeaving } from './watch-leaving.ts';

export interface TopFlags extends AdminFlags {
  readonly interval: number;
  readonly once?: boolean;
  readonly color?: boolean;
  readonly json?: boolean;
}

const MS_PER_SECOND = 1000;
const COLUMNS_PLAIN = 100;
const ASK_WITHIN_MS = 10_000;
const LEAVING_KEYS = ['q', 'Q'];

/** Shows what a gateway does now: on a terminal until it is left, elsewhere once. */
export async function top(flags: TopFlags): Promise<void> {
  const access = adminAccess(flags);
  const isTerminal = process.stdout.isTTY;
  if (flags.json !== true && isTerminal && flags.once !== true) {
    await showLive(access, flags);
    return;
  }
  if (flags.json === true && flags.once !== true) {
    await tellLive(access, flags);
    return;
  }
  const live = await liveOf(access, new AbortController().signal);
  if (flags.json === true) {
    say(JSON.stringify(live));
    return;
  }
  const columns = isTerminal ? process.stdout.columns : COLUMNS_PLAIN;
  const paint = paintFor({ ...flags, isTerminal, env: process.env });
  for (const line of drawTop(live, { columns }, { source: access.url, paint })) {
    say(line.trimEnd());
  }
}

/** One object after the other, for programs. */
async function tellLive(access: GatewayAccess, { interval }: TopFlags): Promise<void> {
  const leaving = new AbortController();
  const { signal } = leaving;
  const leave = (): void => {
    leaving.abort();
  };
  const forget = watchLeaving(leave);
  try {
    while (!signal.aborted) {
      say(JSON.stringify(await liveOf(access, signal)));
      await waitUnlessAborted(systemClock, interval * MS_PER_SECOND, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    forget();
  }
}

/** What stands on the screen. */
interface Shown {
  readonly live: LiveAnswer;
  readonly note: string | undefined;
}

async function showLive(access: GatewayAccess, flags: TopFlags): Promise<void> {
  const { stdout } = process;
  const screen = new Screen(stdout);
  const paint = paintFor({ ...flags, isTerminal: true, env: process.env });
  const leaving = new AbortController();
  const { signal } = leaving;
  // The first answer comes before the screen: what is wrong then is said where it can be read.
  let shown: Shown = { live: await liveOf(access, signal), note: undefined };
  const draw = (): void => {
    const { live, note } = shown;
    screen.draw(drawTop(live, screen.size, { source: access.url, paint, note }));
  };
  const forget = watchLeaving(() => {
    leaving.abort();
  }, LEAVING_KEYS);
  const close = (): void => {
    screen.close();
  };
  process.once('exit', close);
  stdout.on('resize', draw);
  screen.open();
  try {
    while (!signal.aborted) {
      draw();
      await waitUnlessAborted(systemClock, flags.interval * MS_PER_SECOND, signal);
      if (!signal.aborted) shown = await next(access, shown, signal);
    }
  } finally {
    stdout.off('resize', draw);
    process.off('exit', close);
    screen.close();
    forget();
  }
}

/** A gateway that is being restarted comes back: its last figures stay, and it is said that they are old. */
async function next(access: GatewayAccess, shown: Shown, signal: AbortSignal): Promise<Shown> {
  try {
    return { live: await liveOf(access, signal), note: undefined };
  } catch (error) {
    if (signal.aborted) return shown;
    if (!(error instanceof CommandProblem) || isRefused(error)) throw error;
    return { live: shown.live, note: `${error.message} (asked again)` };
  }
}

function isRefused({ complaint }: CommandProblem): boolean {
  return complaint['status'] === 401 || complaint['status'] === 403;
}

async function liveOf(access: GatewayAccess, signal: AbortSignal): Promise<LiveAnswer> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(ASK_WITHIN_MS)]);
  try {
    const response = await askGateway(access, { path: '/admin/v1/live', signal: inTime });
    return await jsonOf<LiveAnswer>(response);
  } catch (error) {
    if (error instanceof CommandProblem && error.complaint['status'] === 404) {
      throw new CommandProblem(
        `${access.url} has no admin API: the admin listener has a port of its own`,
        { ...error.complaint },
      );
    }
    if (signal.aborted || !inTime.aborted) throw error;
    throw new CommandProblem(`${access.url} does not answer in time`, { cause: 'timeout' });
  }
}
