import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import type { BillingSettings } from '../../src/billing/billing-parts.ts';
import { HoldReaper } from '../../src/billing/hold-reaper.ts';
import { LedgerCounts } from '../../src/billing/ledger-counts.ts';
import type { LedgerStore } from '../../src/ledger/ledger-store.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { RunningCommand } from './cli.ts';
import { freePort, runCommand, startServe, temporaryDirectory } from './cli.ts';
import { pause, randomFrom } from './kill-torture.ts';
import type { Acknowledgement } from './paid-traffic.ts';
import { PaidTraffic } from './paid-traffic.ts';

export interface MoneyTortureOptions {
  readonly kills: number;
  readonly requestsPerSecond: number;
  /** Between a start and its kill, in milliseconds. */
  readonly livesMs: readonly [number, number];
  readonly seed: number;
}

export interface MoneyTortureResult {
  /** From the kill to the next answer, a restart each. */
  readonly restartsMs: readonly number[];
  readonly acknowledged: number;
  /** Of each form. */
  readonly forms: Readonly<Record<string, number>>;
  /** Answers by status, and requests that had no room. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly skipped: number;
  /** Requests that found nobody listening, and those that were cut. */
  readonly broken: PaidTraffic['broken'];
  readonly unsaid: number;
  /** Holds by what became of them, before what has no end lapses. */
  readonly holds: Readonly<Record<string, number>>;
  /** What is wrong, in words: nothing of it should be. */
  readonly wrongAnswers: readonly string[];
  readonly wrongCharges: readonly string[];
  readonly wrongHolds: readonly string[];
  readonly wrongWallets: readonly string[];
  readonly unsound: readonly string[];
}

/** What each account has to begin with, in USD. One of them runs dry. */
const accounts: Readonly<Record<string, string>> = { rich: '1000', richer: '2000', poor: '0.5' };
const NANO_IN_USD = 1_000_000_000;
const VERIFIED_EVERY = 25;
/** Longer than any hold stands. */
const LONG_MS = 3 * 3_600_000;
const env = {
  QUATRAIN_BILLING__SLICE_TOKENS: '64',
  QUATRAIN_EMULATOR__FIRST_TOKEN_MS: '5',
  QUATRAIN_EMULATOR__TOKENS_PER_SECOND: '800',
};

/**
 * Kills a gateway at moments that the seed decides while requests are paid for, and starts it again.
 * In the end what callers were told is held against the books, and those against themselves.
 */
export async function tortureMoney(options: MoneyTortureOptions): Promise<MoneyTortureResult> {
  const place = temporaryDirectory();
  const next = randomFrom(options.seed);
  const port = await freePort();
  const args = ['--port', String(port), '--admin-port', '0'];
  const unsound: string[] = [];
  const restartsMs: number[] = [];
  let gateway: RunningCommand | undefined;
  try {
    const keys = await openAccounts(place.path);
    gateway = await startServe(place.path, args, env);
    const url = `http://127.0.0.1:${String(port)}`;
    const { requestsPerSecond, livesMs, kills } = options;
    const traffic = new PaidTraffic({ url, keys, requestsPerSecond, next });
    for (let kill = 1; kill <= kills; kill += 1) {
      const [shortest, longest] = livesMs;
      await pause(shortest + next() * (longest - shortest));
      const killedMs = performance.now();
      await gateway.kill();
      const downMs = performance.now() - killedMs;
      if (kill % VERIFIED_EVERY === 0) unsound.push(...(await verify(place.path)));
      const startedMs = performance.now();
      const answered = traffic.nextAnswerMs();
      gateway = await startServe(place.path, args, env);
      restartsMs.push(downMs + (await answered) - startedMs);
    }
    await traffic.stop();
    gateway.signal('SIGTERM');
    await gateway.ended;
    unsound.push(...(await verify(place.path)));
    const checked = await checkBooks(join(place.path, '.quatrain'), traffic.acknowledged);
    unsound.push(...(await verify(place.path)));
    return { ...told(traffic), ...checked, restartsMs, unsound };
  } finally {
    await gateway?.kill();
    place.remove();
  }
}

function told(
  traffic: PaidTraffic,
): Pick<
  MoneyTortureResult,
  'acknowledged' | 'forms' | 'statuses' | 'skipped' | 'broken' | 'unsaid' | 'wrongAnswers'
> {
  const { acknowledged, statuses, skipped, broken, unsaid, wrong } = traffic;
  return {
    acknowledged: acknowledged.length,
    forms: countsOf(acknowledged.map(({ form }) => form)),
    statuses: Object.fromEntries(statuses),
    skipped,
    broken,
    unsaid,
    wrongAnswers: wrong,
  };
}

async function openAccounts(directory: string): Promise<ReadonlyMap<string, string>> {
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(directory, args, env);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const keys = new Map<string, string>();
  for (const [id, usd] of Object.entries(accounts)) {
    await run('accounts', 'create', '--name', id, '--id', id, '--plan', 'prepaid');
    await run('wallets', 'open', id);
    await run('wallets', 'top-up', id, usd, '--reason', 'for the test');
    const made = await run('keys', 'create', '--account', id, '--json');
    keys.set(id, (JSON.parse(made) as { readonly key: string }).key);
  }
  return keys;
}

async function verify(directory: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runCommand(directory, ['verify-ledger', '--json']);
  const sound = code === 0 && (JSON.parse(stdout) as { readonly isSound: boolean }).isSound;
  return sound ? [] : [`verify-ledger: ${String(code)} ${stderr.slice(0, 2000)}`];
}

type Checked = Pick<MoneyTortureResult, 'holds' | 'wrongCharges' | 'wrongHolds' | 'wrongWallets'>;

/** Holds what callers were told against the books; then time passes until nothing is held. */
async function checkBooks(
  dataDir: string,
  acknowledged: readonly Acknowledgement[],
): Promise<Checked> {
  const store = await openStore(dataDir, (reason) => {
    throw new Error(reason);
  });
  try {
    const { ledger } = store;
    const wrongCharges: string[] = [];
    for (const one of acknowledged) wrongCharges.push(...(await chargeProblems(ledger, one)));
    const before = await leftOpen(ledger);
    const wrongHolds = before
      .filter(({ state, stage }) => state !== 'unresolved' || stage !== 'sent')
      .map(({ holdId, state, stage }) => `${holdId} is ${state} at ${stage}`);
    await letTimePass(ledger);
    wrongHolds.push(...(await leftOpen(ledger)).map(({ holdId }) => `${holdId} never ends`));
    const wrongWallets: string[] = [];
    const charges = chargesIn(dataDir);
    for (const account of Object.keys(accounts)) {
      const charged = charges.get(account) ?? 0n;
      wrongWallets.push(...(await walletProblems(ledger, account, charged)));
    }
    const holds = countsOf(before.map(({ state, stage }) => `${state} at ${stage}`));
    return { holds, wrongCharges, wrongHolds, wrongWallets };
  } finally {
    await store.close();
  }
}

/** A caller was told what it costs, by its usage and perhaps by a header: the books say the same. */
async function chargeProblems(
  ledger: LedgerStore,
  { requestId, account, form, costNanoUsd, chargedNanoUsd }: Acknowledgement,
): Promise<readonly string[]> {
  const hold = await ledger.hold(requestId);
  const charged = hold?.chargedNanoUsd;
  const isRight =
    hold?.state === 'settled' &&
    hold.account === account &&
    charged === costNanoUsd &&
    (chargedNanoUsd ?? charged) === charged;
  if (isRight) return [];
  const booked = `${hold?.state ?? 'nowhere'}: ${String(charged)}`;
  const told = `${String(costNanoUsd)} (${String(chargedNanoUsd)} by its header)`;
  return [`${form} ${requestId} costs ${told}; booked is ${booked}`];
}

interface OpenHold {
  readonly holdId: string;
  readonly state: string;
  readonly stage: string;
}

const ALL = 1_000_000;

async function leftOpen(ledger: LedgerStore): Promise<readonly OpenHold[]> {
  const holds = await ledger.openHolds({ limit: ALL });
  return holds.map(({ holdId, state, checkpoint }) => ({
    holdId,
    state,
    stage: checkpoint?.stage ?? 'none',
  }));
}

/** As the next process would find the books when every hold's time is up. */
async function letTimePass(ledger: LedgerStore): Promise<void> {
  const clock = new ManualClock(Date.now() + LONG_MS);
  const log = createLog({
    clock,
    level: () => 'error',
    write: (line) => process.stderr.write(line),
  });
  const settings = (): BillingSettings => ({
    sliceTokens: 64,
    holdMarginMs: 1000,
    abandonedFreePerHour: undefined,
    topupUrl: undefined,
  });
  const parts = { clock, log, ledger, settings, owner: 'the next', counts: new LedgerCounts() };
  const reaper = new HoldReaper(parts, { isLive: () => false });
  await reaper.recover();
  let left = (await leftOpen(ledger)).length;
  for (let before = left + 1; left > 0 && left < before;) {
    before = left;
    await reaper.reap();
    left = (await leftOpen(ledger)).length;
  }
  await reaper.close();
}

/** Nothing is held, nothing is below zero, and what is gone is what requests were charged. */
async function walletProblems(
  ledger: LedgerStore,
  account: string,
  chargedNanoUsd: bigint,
): Promise<readonly string[]> {
  const wallet = await ledger.wallet(account);
  const { postedNanoUsd: posted = -1n, heldNanoUsd: held = -1n } = wallet ?? {};
  const paidIn = BigInt(Number(accounts[account]) * NANO_IN_USD);
  const isRight = held === 0n && posted >= 0n && posted === paidIn - chargedNanoUsd;
  if (isRight) return [];
  return [
    `${account} has ${String(posted)} and holds ${String(held)}, of ${String(paidIn)} less ${String(chargedNanoUsd)}`,
  ];
}

/** By account, added up here: what every settled request took from its wallet. */
function chargesIn(dataDir: string): ReadonlyMap<string, bigint> {
  const reader = new DatabaseSync(join(dataDir, 'quatrain.db'), { readOnly: true });
  try {
    const select = reader.prepare(
      "SELECT account, posted_nano + extra_nano AS charged FROM ledger_holds WHERE state = 'settled'",
    );
    select.setReadBigInts(true);
    const charges = new Map<string, bigint>();
    for (const row of select.iterate()) {
      const account = String(row['account']);
      charges.set(account, (charges.get(account) ?? 0n) + BigInt(String(row['charged'])));
    }
    return charges;
  } finally {
    reader.close();
  }
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
