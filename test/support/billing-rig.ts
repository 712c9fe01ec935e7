import { DatabaseSync } from 'node:sqlite';
import type { Bill, BillQuestion } from '../../src/billing/bill.ts';
import type { BillingParts, BillingSettings } from '../../src/billing/billing-parts.ts';
import { HoldReaper } from '../../src/billing/hold-reaper.ts';
import { LedgerBilling } from '../../src/billing/ledger-billing.ts';
import { LedgerCounts } from '../../src/billing/ledger-counts.ts';
import { resolveModel } from '../../src/catalog/resolve-model.ts';
import type { LedgerStore, WalletState } from '../../src/ledger/ledger-store.ts';
import type { Refusal } from '../../src/messages/errors.ts';
import { isRefusal } from '../../src/messages/errors.ts';
import { eventText } from '../../src/messages/events.ts';
import { UsageState } from '../../src/messages/usage.ts';
import { boundRequest } from '../../src/metering/bound-request.ts';
import { PriceTable } from '../../src/metering/price-table.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { migrate } from '../../src/store/open-database.ts';
import { SqliteLedgerStore } from '../../src/store/sqlite-ledger-store.ts';
import type { LogFields } from '../../src/telemetry/log.ts';
import { factsOf } from './model-facts.ts';

/** Billing over books in memory, on a clock that tests move: prices are the registry's. */

const MODEL = 'claude-sonnet-4-6';
/** Every model of the registry has its prices by then. */
const START_MS = Date.parse('2026-11-01T00:00:00Z');
export const ACCOUNT = 'acct';
const jsonBounds = { depthMax: 128, keysMax: 100_000 };

export interface BillingRig {
  readonly clock: ManualClock;
  readonly ledger: LedgerStore;
  readonly counts: LedgerCounts;
  readonly logged: readonly { readonly event: string; readonly fields: LogFields }[];
  readonly billing: LedgerBilling;
  readonly reaper: HoldReaper;
  /** Orders of these names fail from now on, as where a disk is full. */
  readonly failing: Set<keyof LedgerStore>;
  /** Another process over the same books: what the first one had open is nobody's, but where it lives. */
  restarted(isAlive?: BillingParts['isAlive']): BillingRig;
  wallet(): Promise<WalletState>;
}

export interface RigOptions {
  /** No wallet where absent. */
  readonly walletNanoUsd?: bigint;
  readonly settings?: Partial<BillingSettings>;
  /** The registry's where absent. */
  readonly prices?: BillingParts['prices'];
  readonly welcome?: BillingParts['welcome'];
}

export async function openBillingRig(options: RigOptions = {}): Promise<BillingRig> {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  const clock = new ManualClock(START_MS);
  const rig = rigOver({ database, clock, options, owner: 'first' });
  const { walletNanoUsd } = options;
  if (walletNanoUsd !== undefined) await topUp(rig, walletNanoUsd, 'opening');
  return rig;
}

export async function topUp(
  { ledger, clock }: Pick<BillingRig, 'ledger' | 'clock'>,
  amountNanoUsd: bigint,
  transferId: string,
): Promise<void> {
  const atMs = clock.wallMs();
  await ledger.openWallet(ACCOUNT, atMs);
  if (amountNanoUsd === 0n) return;
  await ledger.transfer({
    transferId,
    reason: 'top_up',
    account: ACCOUNT,
    amountNanoUsd,
    note: 'test',
    actor: 'test',
    atMs,
  });
}

interface RigBase {
  readonly database: DatabaseSync;
  readonly clock: ManualClock;
  readonly options: RigOptions;
  readonly owner: string;
  readonly isAlive?: BillingParts['isAlive'] | undefined;
}

function rigOver({ database, clock, options, owner, isAlive }: RigBase): BillingRig {
  const failing = new Set<keyof LedgerStore>();
  const ledger = failingLedger(SqliteLedgerStore.inProcess(database), failing);
  const counts = new LedgerCounts();
  const logged: { event: string; fields: LogFields }[] = [];
  const note = (event: string, fields: LogFields = {}): void => {
    logged.push({ event, fields });
  };
  const parts: BillingParts = {
    clock,
    log: { debug: note, info: note, warn: note, error: note },
    ledger,
    owner,
    counts,
    prices: options.prices ?? listPrices(clock),
    findModel: (modelId) => resolveModel(modelId),
    jsonBounds: () => jsonBounds,
    settings: () => ({
      sliceTokens: 2048,
      holdMarginMs: 300_000,
      abandonedFreePerHour: undefined,
      topupUrl: undefined,
      ...options.settings,
    }),
    ...(options.welcome === undefined ? {} : { welcome: options.welcome }),
    ...(isAlive === undefined ? {} : { isAlive }),
  };
  const billing = new LedgerBilling(parts);
  return {
    clock,
    ledger,
    counts,
    logged,
    billing,
    reaper: new HoldReaper(parts, billing.desk),
    failing,
    restarted: (others) =>
      rigOver({ database, clock, options, owner: `${owner}+`, isAlive: others }),
    wallet: async () => {
      const wallet = await ledger.wallet(ACCOUNT);
      if (wallet === undefined) throw new Error('there is no wallet');
      return wallet;
    },
  };
}

function failingLedger(ledger: LedgerStore, failing: ReadonlySet<keyof LedgerStore>): LedgerStore {
  return new Proxy(ledger, {
    get(target, name: keyof LedgerStore) {
      if (failing.has(name)) return () => Promise.reject(new Error('the disk is full'));
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

function listPrices(clock: ManualClock): PriceTable {
  const store = {
    list: () => Promise.resolve([]),
    insert: () => Promise.resolve('overlaps' as const),
    close: () => Promise.resolve('not_found' as const),
  };
  return new PriceTable({
    clock,
    store,
    listPrices: (modelId) => resolveModel(modelId)?.prices ?? [],
  });
}

export interface Asked extends Partial<BillQuestion> {
  readonly maxTokens?: number;
  /** What the input is held for; 1,000 where absent. */
  readonly boundTokens?: number;
  /** Members of the body beside the usual ones. */
  readonly more?: object;
  readonly cacheControl?: object;
}

let asked = 0;

/** A question about a request of the wallet reference's fixture (§13). */
export function questionOf(asking: Asked = {}): BillQuestion {
  const { maxTokens = 4096, boundTokens = 1000, more = {}, cacheControl, ...question } = asking;
  asked += 1;
  const requestId = question.requestId ?? `req_${String(asked)}`;
  return {
    settlementKey: requestId,
    account: ACCOUNT,
    keyId: 'key',
    isPrepaid: true,
    markupBasisPoints: 0,
    stopsWhenExhausted: false,
    budgets: [],
    showsFigures: true,
    modelId: MODEL,
    isStream: false,
    isBatch: false,
    body: bodyOfBound(boundTokens, { maxTokens, more, cacheControl }),
    betas: [],
    paysProvider: false,
    deadlineMs: 600_000,
    form: 'messages',
    ...question,
    requestId,
  };
}

/** A body whose input is bound by exactly so many tokens: padded until it is. */
export function bodyOfBound(
  tokens: number,
  {
    maxTokens,
    more = {},
    cacheControl,
  }: {
    readonly maxTokens: number;
    readonly more?: object;
    readonly cacheControl?: object | undefined;
  },
): Uint8Array {
  const cached = cacheControl === undefined ? {} : { cache_control: cacheControl };
  const bodyOf = (letters: number): Uint8Array =>
    Buffer.from(
      JSON.stringify({
        model: MODEL,
        max_tokens: maxTokens,
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'x'.repeat(letters), ...cached }] },
        ],
        ...more,
      }),
    );
  const facts = factsOf(MODEL);
  const boundOf = (body: Uint8Array): number =>
    boundRequest({ body, facts, betas: [], isStream: true, jsonBounds }).inputTokens;
  const letters = 2 * (tokens - boundOf(bodyOf(0)));
  const body = bodyOf(Math.max(0, letters));
  if (boundOf(body) !== tokens) throw new Error(`no body is bound by ${String(tokens)} tokens`);
  return body;
}

/** The bill; a refusal fails the test that counts on one. */
export async function openBill(rig: BillingRig, asking: Asked = {}): Promise<Bill> {
  const bill = await rig.billing.open(questionOf(asking));
  if (isRefusal(bill)) throw new Error(`refused: ${String(bill.detail)}`);
  return bill;
}

export async function refusedBill(rig: BillingRig, asking: Asked = {}): Promise<Refusal> {
  const bill = await rig.billing.open(questionOf(asking));
  if (!isRefusal(bill)) throw new Error('the request was not refused');
  return bill;
}

/** Usage as an upstream reports it at the end of its answer. */
export function finalUsage(
  inputTokens: number,
  outputTokens: number,
  more: object = {},
): UsageState {
  const state = new UsageState();
  state.mergeFinal({ input_tokens: inputTokens, output_tokens: outputTokens, ...more });
  return state;
}

/** Usage as far as the start of a stream reports it. */
export function startUsage(inputTokens: number): UsageState {
  const state = new UsageState();
  state.merge({ input_tokens: inputTokens, output_tokens: 1 });
  return state;
}

export function textFrame(text: string): Uint8Array {
  return frameOf({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
}

export function startFrame(inputTokens: number): Uint8Array {
  return frameOf({
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      usage: { input_tokens: inputTokens, output_tokens: 1 },
    },
  });
}

function frameOf(event: object): Uint8Array {
  return Buffer.from(eventText(event as Parameters<typeof eventText>[0]));
}

/** A header of a list of names and values in turn. */
export function headerOf(headers: readonly string[], name: string): string | undefined {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text === name);
  return at < 0 ? undefined : headers[at + 1];
}
