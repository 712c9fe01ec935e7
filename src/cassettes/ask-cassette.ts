import type { AskingAgain } from './ask-again.ts';
import { askAgain } from './ask-again.ts';
import type { DriftReport, ExchangeDrift } from './drift-report.ts';
import { reportDrift, requestLabel } from './drift-report.ts';
import type { CassetteLine } from './parse-cassette.ts';

/** How long all of it may take; without end where absent. */
export interface AskingCassette extends AskingAgain {
  readonly forMs?: number;
  /** Told after each exchange how many were asked. */
  readonly onAsked?: (asked: number) => void;
}

/**
 * Asks what a cassette asked, in order: an answer may depend on what was asked before it. What there was
 * no time for is left out of the report.
 */
export async function askCassette(
  lines: readonly CassetteLine[],
  { forMs, onAsked, ...asking }: AskingCassette,
): Promise<DriftReport> {
  const { clock } = asking;
  const endMs = forMs === undefined ? undefined : clock.monotonicMs() + forMs;
  const exchanges: ExchangeDrift[] = [];
  for (const line of lines) {
    const leftMs = endMs === undefined ? undefined : endMs - clock.monotonicMs();
    if (leftMs !== undefined && leftMs <= 0) break;
    exchanges.push(await askInTime(line, asking, leftMs));
    onAsked?.(exchanges.length);
  }
  return reportDrift(exchanges);
}

function askInTime(
  line: CassetteLine,
  asking: AskingAgain,
  forMs: number | undefined,
): Promise<ExchangeDrift> {
  const asked = askAgain(line, asking);
  if (forMs === undefined) return asked;
  return new Promise((resolve, reject) => {
    const timer = asking.clock.after(forMs, () => {
      const request = requestLabel(line.exchange);
      resolve({ kind: 'skipped', line: line.line, request, reason: 'it took too long' });
    });
    asked.then(resolve, reject).finally(() => {
      timer.cancel();
    });
  });
}
