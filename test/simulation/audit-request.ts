import type { AuditedPrices, AuditedTerms } from './auditor-prices.ts';
import type { Coverage } from './fault-kinds.ts';
import type { MirroredHold } from './mirrored-books.ts';
import type { SimulatedClient } from './simulated-client.ts';
import type { AttemptRecord } from './simulated-upstream.ts';
import type { ReportedUsage } from './upstream-script.ts';

/** All that happened to one request, as everybody but the gateway saw it. */
export interface RequestStory {
  readonly client: SimulatedClient;
  readonly hold: MirroredHold;
  readonly attempts: readonly AttemptRecord[];
  readonly terms: AuditedTerms;
  /** Whether the store failed at an order of it. */
  readonly hadStoreFault: boolean;
}

/** What the books say that it was charged for. */
interface SaidCharge {
  readonly outcome?: string;
  readonly usage_source?: string;
  readonly usage?: Readonly<Record<string, number>>;
}

interface Judged extends RequestStory {
  readonly last: AttemptRecord | undefined;
  /** What was reported at the end, at the prices of its admission. */
  readonly exact: bigint | undefined;
  readonly said: SaidCharge;
  readonly cost: bigint;
}

/** What broken frames may count for, whose text nobody can read. */
const MALFORMED_TOKENS = 60;

/** Whether a request was charged what it has to be; why not, in words. */
export function auditRequest(
  story: RequestStory,
  prices: AuditedPrices,
  coverage: Coverage,
): readonly string[] {
  const { hold, client, attempts, terms } = story;
  if (hold.state === 'open') return [`I9 ${client.requestId}: still open`];
  if (hold.why === 'already_settled') return [];
  const last = attempts.at(-1);
  const usage = last?.usage;
  const exact = usage === undefined ? undefined : prices.costOf(usage, terms);
  const said = hold.charge === '' ? {} : (JSON.parse(hold.charge) as SaidCharge);
  const cost = hold.state === 'settled' ? hold.costNano : 0n;
  const judged: Judged = { ...story, last, exact, said, cost };
  coverage.note(`billed ${said.outcome ?? 'nothing said'}`);
  const isOwn = hold.resolvedBy === hold.openedBy;
  const wrong = isOwn ? judgeEnded(judged, prices) : judgeOrphan(judged, prices);
  return [wrong, judgeNoted(judged), ...judgeAcknowledged(judged)]
    .filter((problem) => problem !== undefined)
    .map((problem) => `${problem} · ${describe(judged)}`);
}

/** Ended by its own process: by what became of the answer (wallet reference §4.5). */
function judgeEnded(judged: Judged, prices: AuditedPrices): string | undefined {
  const { client, cost } = judged;
  const { status, hasLeft, isCut, hasEnd, isStopped, isOutOfMoney, hasError } = client.saw;
  if (status === undefined || hasLeft || isCut) return judgeLeft(judged, prices);
  if (status >= 400) return cost === 0n ? undefined : 'a refusal was charged';
  if (isStopped || isOutOfMoney) return judgeProduced(judged, prices);
  if (hasError) return cost === 0n ? undefined : 'a broken answer was charged';
  if (!hasEnd) return 'S4 a stream ended with neither an end nor an error';
  return judgeWhole(judged, prices);
}

function judgeWhole(judged: Judged, prices: AuditedPrices): string | undefined {
  const { cost, exact, last } = judged;
  if (last === undefined) return 'I7 an answer of nobody';
  const isNothing = last.script.kind === 'says-nothing' || !last.hasContent;
  if (isNothing) return cost === 0n ? undefined : 'an answer that is none was charged';
  if (exact !== undefined) {
    return cost === exact ? undefined : `I10 ${cost} charged, ${exact} reported`;
  }
  const { words } = judged.client.saw;
  return judgeEstimate(judged, prices, { min: words, max: last.wordsTaken });
}

/** M8, M9: whoever leaves pays for what came, and never for more than that. */
function judgeLeft(judged: Judged, prices: AuditedPrices): string | undefined {
  const { cost, exact, last } = judged;
  const { words } = judged.client.saw;
  if (cost === 0n) return words === 0 || isFree(judged) ? undefined : 'M8 words for nothing';
  if (last === undefined) return 'I7 charged, and nobody was asked';
  const isOurs = judged.client.saw.isCut && judged.said.outcome === 'left_before_content';
  if (isOurs) return 'charged for leaving, and it was the gateway that closed';
  if (cost === exact) return undefined;
  return judgeEstimate(judged, prices, { min: words, max: last.wordsTaken });
}

/** Whether words that went out cost nothing all the same: the answer broke, or says that it is free. */
function isFree({ last, exact, said, client: { saw } }: Judged): boolean {
  const isBroken = said.outcome === 'broken' || saw.hasError;
  return isBroken || exact === 0n || last?.script.kind === 'says-nothing';
}

function judgeProduced(judged: Judged, prices: AuditedPrices): string | undefined {
  const {
    cost,
    exact,
    last,
    client: { saw },
  } = judged;
  if (cost === exact) return undefined;
  return judgeEstimate(judged, prices, { min: saw.words, max: last?.wordsTaken ?? 0 });
}

/** Ended by a later process, or by the reaper: by what was written down. */
function judgeOrphan(judged: Judged, prices: AuditedPrices): string | undefined {
  const { hold, cost, exact, last } = judged;
  const { checkpoint } = hold;
  if (isLost(judged)) return 'I8 the end went out before what it cost was durable';
  if (checkpoint === undefined || checkpoint.stage === 'sent') {
    return cost === 0n ? undefined : 'charged for what nobody saw';
  }
  const { stage, costNano } = checkpoint;
  if (cost !== costNano) return `${cost} charged, ${costNano} noted`;
  if (stage === 'final' && exact !== undefined) {
    return cost === exact ? undefined : `I10 ${cost} noted, ${exact} reported`;
  }
  return judgeEstimate(judged, prices, { min: 0, max: last?.wordsTaken ?? 0 });
}

/** Whether somebody had all of an answer that nobody charged for, though the store took everything. */
function isLost({ hold, exact, last, hadStoreFault, client: { saw } }: Judged): boolean {
  const hasAll = saw.hasEnd && !saw.isStopped && last?.script.kind !== 'says-nothing';
  const isNoted = hold.checkpoint?.stage === 'final' || hadStoreFault;
  return hasAll && !isNoted && exact !== undefined && exact > 0n;
}

interface WordRange {
  readonly min: number;
  readonly max: number;
}

/** Of an attempt that was given up before its answer began, nobody looks at what it said. */
function readUsage({ last, said }: Judged): ReportedUsage | undefined {
  const isUnread = last?.script.kind === 'usage-odd' || said.outcome === 'left_before_content';
  return isUnread ? undefined : last?.startUsage;
}

/** Our own count: of what was seen, at the right prices, and never above the hold. */
function judgeEstimate(
  judged: Judged,
  prices: AuditedPrices,
  { min, max }: WordRange,
): string | undefined {
  const { cost, said, terms } = judged;
  const { usage = {}, usage_source: source } = said;
  const kind = judged.last?.script.kind;
  const slack = kind === 'malformed-frame' ? MALFORMED_TOKENS : 0;
  const output = usage['output_tokens'] ?? -1;
  if (output < min || output > max + slack) {
    return `M9 ${output} tokens charged of ${min} to ${max}`;
  }
  const counted = reportedIn(usage);
  const reported = readUsage(judged);
  if (reported !== undefined && reported.input !== counted.input) {
    return `${counted.input} tokens of input charged, ${reported.input} reported`;
  }
  const priced = prices.costOf(counted, terms);
  if (!isCapped(judged, priced)) return `I10 ${cost} charged, ${priced} by the auditor`;
  return source === 'estimated' || max === 0 ? undefined : 'an estimate that is said to be none';
}

/** A process that was not told of a growth goes by less than is held: that is ours to lose. */
function isCapped({ hold, cost, hadStoreFault }: Judged, priced: bigint): boolean {
  const capped = [hold.heldNano, ...hold.heldBefore].map((held) => (priced < held ? priced : held));
  return capped.includes(cost) || (hadStoreFault && cost > 0n && cost < (capped[0] ?? 0n));
}

function reportedIn(usage: Readonly<Record<string, number>>): ReportedUsage {
  const writes = usage['cache_creation_input_tokens'] ?? 0;
  const cacheWrite1h = usage['cache_creation_1h_input_tokens'] ?? 0;
  return {
    input: usage['input_tokens'] ?? 0,
    output: usage['output_tokens'] ?? 0,
    cacheRead: usage['cache_read_input_tokens'] ?? 0,
    cacheWrite5m: writes - cacheWrite1h,
    cacheWrite1h,
  };
}

/** What was noted at the end, whoever settled: a process that had died then would have been believed. */
function judgeNoted({ hold, exact }: Judged): string | undefined {
  const { checkpoint, heldNano } = hold;
  if (checkpoint?.stage !== 'final') return undefined;
  const { costNano } = checkpoint;
  const isRight = exact === undefined ? costNano <= heldNano : costNano === exact;
  return isRight ? undefined : `I10 ${costNano} noted at the end, ${String(exact)} reported`;
}

/** I8: what a caller was told is what it paid, whatever happened after that. */
function judgeAcknowledged({ client: { saw }, hold }: Judged): readonly string[] {
  const told = [
    saw.chargedHeader,
    saw.costComment === undefined
      ? undefined
      : (JSON.parse(saw.costComment) as { charged_nano_usd: string }).charged_nano_usd,
  ];
  return told
    .filter((amount) => amount !== undefined && amount !== String(hold.chargedNano))
    .map((amount) => `I8 told ${String(amount)}, paid ${hold.chargedNano}`);
}

function describe({ client: { requestId, plan, saw }, hold, attempts, said }: Judged): string {
  return JSON.stringify({
    requestId,
    form: plan.form,
    isStream: plan.isStream,
    saw: { ...saw },
    kinds: attempts.map(({ script, wordsTaken, isCancelled }) => [
      script.kind,
      wordsTaken,
      isCancelled,
    ]),
    hold: { state: hold.state, why: hold.why, held: String(hold.heldNano), key: hold.order.keyId },
    checkpoint:
      hold.checkpoint === undefined
        ? 'none'
        : `${hold.checkpoint.stage} ${hold.checkpoint.costNano}`,
    said,
  });
}
