import { houseAccounts } from '../../src/ledger/chart-of-accounts.ts';
import { verifyLedger } from '../../src/store/ledger-verification.ts';
import type { AuditedTerms } from './auditor-prices.ts';
import { auditRepeats } from './audit-repeats.ts';
import { auditRequest } from './audit-request.ts';
import type { MirroredHold } from './mirrored-books.ts';
import type { SeedFigures } from './run-seed.ts';
import { customers, markups } from './simulated-customers.ts';
import type { AskedRequest, SimulatedWorld } from './simulated-world.ts';

/** At the end of a seed: every request, every account, and all of them together. */
export function auditBooks(world: SimulatedWorld): SeedFigures {
  const { books } = world;
  for (const problem of verifyLedger(world.database).problems) world.problem(`verify: ${problem}`);
  for (const { order } of books.open) world.problem(`I9 ${order.holdId}: open past its time`);
  for (const [requestId, asked] of world.asked) auditAsked(world, requestId, asked);
  for (const id of world.operator.acknowledged) {
    if (!books.transfers.has(id)) world.problem(`I8 ${id}: acknowledged and not there`);
  }
  for (const problem of auditRepeats(world)) world.problem(problem);
  auditCosts(world);
  auditBudgets(world);
  return auditHouse(world);
}

function auditAsked(world: SimulatedWorld, requestId: string, asked: AskedRequest): void {
  const { client, isKeyDead, attempts, records } = asked;
  const { saw } = client;
  if (isKeyDead && saw.status !== undefined && saw.status !== 401) {
    world.problem(`K08 ${requestId}: a revoked key got ${String(saw.status)}`);
  }
  if (records > 1 || (records === 0 && client.life.isAlive)) {
    world.problem(`S8 ${requestId}: ${String(records)} records`);
  }
  const hold = world.books.holds.get(requestId);
  if (hold === undefined) {
    if (attempts.length > 0) world.problem(`I7 ${requestId}: asked upstream, and never held`);
    return;
  }
  const terms = termsOf(hold, asked);
  const hadStoreFault = world.faulted.has(requestId);
  const story = { client, hold, attempts, terms, hadStoreFault };
  for (const problem of auditRequest(story, world.prices, world.coverage)) world.problem(problem);
}

function termsOf({ order }: MirroredHold, { client }: AskedRequest): AuditedTerms {
  const { modelId, batchItem } = client.plan;
  const { plan } = customers[order.account] ?? { plan: 'prepaid' as const };
  const markupBasisPoints = markups[plan];
  return { modelId, atMs: order.atMs, markupBasisPoints, isBatch: batchItem !== undefined };
}

interface CostRow {
  readonly hold_id: string;
  readonly attempt: bigint;
  readonly debit_account: string;
  readonly amount_nano: bigint;
}

/** I6, I10, M17: what attempts cost us, as the upstream reported it, each of them once. */
function auditCosts(world: SimulatedWorld): void {
  const select = world.database.prepare(
    "SELECT hold_id, attempt, debit_account, amount_nano FROM ledger_transfers WHERE reason = 'upstream_cost'",
  );
  select.setReadBigInts(true);
  const known = new Set<string>();
  const seen = new Set<string>();
  for (const row of select.all() as unknown as readonly CostRow[]) {
    const name = costName(row.hold_id, row.attempt);
    if (seen.has(name)) world.problem(`I6 ${name}: an attempt costs twice`);
    seen.add(name);
    const isKnown = row.debit_account !== houseAccounts.unknown.id;
    if (isKnown) known.add(name);
    const wrong = isKnown ? wrongCost(world, row) : wrongGuess(world, row);
    if (wrong !== undefined) world.problem(`I10 ${name}: ${wrong}`);
  }
  for (const [holdId, hold] of world.books.holds) {
    const attempts = world.asked.get(holdId)?.attempts.length ?? 0;
    if (isReported(hold) && !known.has(costName(holdId, attempts))) {
      world.problem(`I10 ${holdId}: charged as reported, and nothing is owed for it`);
    }
  }
}

function costName(holdId: string, attempt: number | bigint): string {
  return `${holdId} ${String(attempt)}`;
}

/** What is owed for an attempt is what its upstream reported, at its list price. */
function wrongCost(world: SimulatedWorld, row: CostRow): string | undefined {
  const asked = world.asked.get(row.hold_id);
  const hold = world.books.holds.get(row.hold_id);
  const usage = asked?.attempts[Number(row.attempt) - 1]?.usage;
  if (asked === undefined || hold === undefined || usage === undefined) {
    return 'costs that nobody reported';
  }
  const cost = world.prices.listCostOf(usage, termsOf(hold, asked));
  return cost === row.amount_nano ? undefined : `costs ${row.amount_nano}, reported ${cost}`;
}

/** A process that died as it sent may never have: what it noted is a guess. */
function wrongGuess({ asked }: SimulatedWorld, row: CostRow): string | undefined {
  const { attempts, client } = asked.get(row.hold_id) ?? {};
  const isAsked = attempts?.[Number(row.attempt) - 1] !== undefined;
  return isAsked || client?.saw.isCut === true ? undefined : 'costs of no attempt';
}

function isReported({ state, charge, costNano }: MirroredHold): boolean {
  if (state !== 'settled' || costNano === 0n) return false;
  return (JSON.parse(charge) as { usage_source?: string }).usage_source === 'reported';
}

function auditBudgets(world: SimulatedWorld): void {
  for (const [name, { spentNano, heldNano, limitNano }] of world.books.budgets) {
    const [budget = '', startMs] = name.split(' ');
    const select = world.database.prepare(
      'SELECT spent_nano, held_nano FROM budgets WHERE name = ? AND start_ms = ?',
    );
    select.setReadBigInts(true);
    const row = select.get(budget, Number(startMs));
    const spent = row?.['spent_nano'] ?? 0n;
    const held = row?.['held_nano'] ?? 0n;
    if (spent !== spentNano || held !== heldNano || heldNano !== 0n) {
      world.problem(`I3 budget ${name}: ${String(spent)} and ${String(held)}, limit ${limitNano}`);
    }
  }
}

/** I1, I10: what customers paid and what we bore is what revenue got, and all of it adds up to nothing. */
function auditHouse(world: SimulatedWorld): SeedFigures {
  const holds = [...world.books.holds.values()];
  const sum = (of: (hold: MirroredHold) => bigint): bigint =>
    holds.reduce((total, hold) => total + of(hold), 0n);
  const chargedNano = sum((hold) => hold.chargedNano);
  const absorbedNano = sum((hold) => hold.absorbedNano);
  const select = world.database.prepare(
    'SELECT id, debits_posted, credits_posted, debits_pending, credits_pending FROM ledger_accounts',
  );
  select.setReadBigInts(true);
  let balance = 0n;
  let pending = 0n;
  for (const row of select.all()) {
    const [debits, credits] = [row['debits_posted'] as bigint, row['credits_posted'] as bigint];
    balance += debits - credits;
    pending += (row['debits_pending'] as bigint) + (row['credits_pending'] as bigint);
    const expected = new Map<unknown, bigint>([
      [houseAccounts.revenue.id, -chargedNano - absorbedNano],
      [houseAccounts.absorbed.id, absorbedNano],
    ]).get(row['id']);
    if (expected !== undefined && debits - credits !== expected) {
      world.problem(`I10 ${String(row['id'])}: ${debits - credits}, not ${expected}`);
    }
  }
  if (balance !== 0n) world.problem(`I1 all accounts together have ${balance}`);
  if (pending !== 0n) world.problem(`I3 ${pending} is still pending`);
  const settled = holds.filter(({ state }) => state === 'settled').length;
  return { chargedNano, absorbedNano, settled, released: holds.length - settled };
}
