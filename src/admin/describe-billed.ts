import type { BilledName } from '../billing/billed-outcomes.ts';
import { billedOutcomes, billedSituations, billedWords } from '../billing/billed-outcomes.ts';
import { billedNameOfEnding, endingOf } from '../billing/ending-of.ts';
import type { HoldRecord } from '../ledger/ledger-store.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import type { LoggedRequest } from '../telemetry/request-reads.ts';
import type { BilledAnswer } from './contract-exchanges.ts';

const REFUSED_FROM = 400;

/** The row of the "billed?" table that applies to a request: as its books say it, else as it ended. */
export function describeBilled(
  logged: LoggedRequest | undefined,
  hold: HoldRecord | undefined,
): BilledAnswer {
  if (hold?.state === 'open') return running('It is not over: nothing is charged yet.');
  if (hold?.state === 'unresolved') {
    return running('Nobody knows how it ended: what is held stays held until its time is over.');
  }
  const name = outcomeIn(hold?.charge) ?? (logged === undefined ? undefined : nameOf(logged));
  if (name === undefined) return running('Its row is not written yet.');
  if (name === 'none') {
    return answer('none', 'no', 'Such a request is never billed: nothing is held for it.');
  }
  const { billedFor } = billedOutcomes[name];
  const cost = `It costs: ${billedWords[billedFor]}.`;
  const metered =
    hold?.isPrepaid === true || billedFor === 'nothing'
      ? ''
      : ' Its account is not prepaid: the cost is counted, and no wallet pays.';
  return answer(name, billedOf(name, logged, hold), `${cost}${metered}`);
}

function running(why: string): BilledAnswer {
  return answer('running', 'unknown', why);
}

function answer(
  outcome: BilledAnswer['outcome'],
  billed: BilledAnswer['billed'],
  why: string,
): BilledAnswer {
  const situations = billedSituations
    .filter((row) => row.outcome === outcome)
    .map(({ situation }) => situation);
  return { outcome, billed, why, situations };
}

function billedOf(
  name: BilledName,
  logged: LoggedRequest | undefined,
  hold: HoldRecord | undefined,
): BilledAnswer['billed'] {
  const cost = logged?.costNanoUsd ?? hold?.chargedNanoUsd;
  switch (billedOutcomes[name].billedFor) {
    case 'nothing':
      return 'no';
    case 'usage':
      return cost === undefined ? 'unknown' : 'yes';
    case 'produced':
      return cost === undefined ? 'unknown' : 'partial';
    case 'nothing_at_first':
      return (cost ?? 0n) > 0n ? 'partial' : 'no';
  }
}

/** What the books were told when the bill was closed; undefined where somebody else gave it back. */
function outcomeIn(charge: string | undefined): BilledName | undefined {
  const parsed = parseJson(charge ?? '{}');
  const outcome =
    parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value['outcome'] : undefined;
  if (typeof outcome !== 'string' || !Object.hasOwn(billedOutcomes, outcome)) return undefined;
  return outcome as BilledName;
}

const askedOperations: ReadonlySet<string> = new Set(['messages.create', 'complete.create']);

/** By its row: one that was answered although nobody was asked was answered before. */
function nameOf(logged: LoggedRequest): BilledName | 'none' {
  const { status, errorCode, attempts, usage } = logged;
  if (!askedOperations.has(logged.operation)) return 'none';
  const isAnswered = status < REFUSED_FROM && errorCode === undefined;
  const ending = endingOf({
    status,
    errorCode,
    isGivenAgain: isAnswered && attempts === undefined,
    isWithheld: status >= REFUSED_FROM && (logged.costNanoUsd ?? 0n) > 0n,
  });
  return billedNameOfEnding(ending, {
    hadContent: logged.firstContentMs !== undefined,
    isEmpty: logged.stopReason === undefined && usage.outputTokens === 0,
  });
}
