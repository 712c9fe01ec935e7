import { isRefusal, refusal } from '../../src/messages/errors.ts';
import { anyCredential } from '../../src/access/any-credential.ts';
import type { HoldRecord } from '../../src/ledger/ledger-store.ts';
import { SeededRandom } from '../simulation/seeded-random.ts';
import type { FaultAnswer } from './fault-answer.ts';
import { wholeEventsEnd, writeAnswer } from './fault-answer.ts';
import type { FaultClient } from './fault-client.ts';
import { callGateway } from './fault-client.ts';
import type { FaultForm } from './fault-forms.ts';
import { wireForms } from './fault-forms.ts';
import type { FaultCell, FaultGateway } from './fault-gateway.ts';
import { startFaultGateway } from './fault-gateway.ts';
import { playFault, playWhole } from './fault-play.ts';
import type { FaultServer, PlayedAnswer, PlayedRequest } from './fault-server.ts';
import { closedOrigin, startFaultServer } from './fault-server.ts';
import type { FaultCase, FaultKind, FaultRow } from './fault-table.ts';
import { becomesSo } from './own-time.ts';

/** One cell of the fault matrix with one seed. */
export interface CellAsked {
  readonly form: FaultForm;
  readonly isStream: boolean;
  readonly row: FaultRow;
  readonly fault: FaultCase;
  readonly seed: number;
  /** Whether every attempt fails as the first one does. */
  readonly allFail: boolean;
}

/** All that came of it, for those who check it. */
export interface CellRun {
  readonly asked: CellAsked;
  readonly client: FaultClient;
  readonly cell: FaultCell;
  /** What each attempt was to answer, in their order. */
  readonly answers: readonly FaultAnswer[];
  readonly requests: readonly PlayedRequest[];
  /** Marks that stand in whole events before the fault of the first attempt. */
  readonly marksBefore: number;
  /** From when somebody left or a shutdown came until all was settled. */
  readonly settledMs: number;
  readonly hold: HoldRecord | undefined;
  readonly walletNano: bigint;
  readonly posted: bigint;
  readonly held: bigint;
}

const STEP_MS = 500;
const QUIET_TICKS = 6;
const VIRTUAL_MS_MAX = 180_000;
const ROUNDS_MAX = 200_000;
/** How long the end of a connection may be on its way to the upstream. */
const HEARD_MS = 1000;
const WALLET_NANO = 1_000_000_000n;
/** Enough for the first slice, and not for the second. */
const SMALL_WALLET_NANO = 9_000_000n;
/** Within the hold of the head, and beyond it. */
/** Twice that is less than the ten seconds after which a stream is opened in any case. */
const SILENCE_MS = 4000;
const LONG_SILENCE_MS = 20_000;

/** Beyond the margin of a hold that nobody knows the outcome of. */
const REAPED_MS = 320_000;
const REAPER_STEP_MS = 2500;

const ordersOfBooks = [
  'openHold',
  'extendHold',
  'checkpoint',
  'settle',
  'release',
  'leaveUnresolved',
] as const;

const tick = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** The gateway, the upstreams behind it, and the callers in front: cells run on it one by one. */
export class FaultBench {
  readonly gateway: FaultGateway;
  readonly #server: FaultServer;
  readonly #nowhere: string;
  readonly #stage: Stage;
  #cells = 0;

  private constructor(parts: {
    readonly gateway: FaultGateway;
    readonly server: FaultServer;
    readonly nowhere: string;
    readonly stage: Stage;
  }) {
    this.gateway = parts.gateway;
    this.#server = parts.server;
    this.#nowhere = parts.nowhere;
    this.#stage = parts.stage;
  }

  static async start(): Promise<FaultBench> {
    const stage = new Stage();
    const server = await startFaultServer({
      answer: (request) => stage.answer(request),
      isRead: (request) => stage.isRead(request),
    });
    const gateway = await startFaultGateway();
    return new FaultBench({ gateway, server, nowhere: await closedOrigin(), stage });
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.#server.stop();
  }

  async run(asked: CellAsked): Promise<CellRun> {
    const { gateway } = this;
    this.#cells += 1;
    const key = `key-${String(this.#cells)}`;
    const account = accountOf(key);
    const walletNano = await this.#fillWallet(account, asked);
    const kind = asked.row.fault;
    const cell = gateway.open({
      random: new SeededRandom(asked.seed, 2),
      silenceMs: longFaults.has(kind) ? LONG_SILENCE_MS : SILENCE_MS,
      originOf: (attempt) =>
        kind === 'connect-refused' && this.#stage.fails(attempt)
          ? this.#nowhere
          : this.#server.origin,
    });
    this.#stage.begin(asked, cell);
    gateway.serve(cell);
    const { path, headers, body } = wireForms[asked.form];
    const text = JSON.stringify(body(asked.isStream));
    const client = callGateway({ url: `${gateway.url}${path}`, headers: headers(key), body: text });
    const settledMs = await this.#drive(client, cell, asked);
    if (kind === 'killed') await this.#restart();
    const { posted, held } = await this.#walletOf(account);
    const requestId = gateway.requestIds.at(-1) ?? '';
    const run = {
      asked,
      client,
      cell,
      answers: this.#stage.answers,
      requests: this.#stage.requests,
      marksBefore: this.#stage.marksBefore,
      settledMs,
      hold: await gateway.rig.ledger.hold(requestId),
      walletNano,
      posted,
      held,
    };
    await cell.close();
    return run;
  }

  /** The process is dead: the next one finds what it left behind, and has time to look again. */
  async #restart(): Promise<void> {
    const { rig } = this.gateway;
    const next = rig.restarted(() => false);
    await next.reaper.start();
    for (let elapsedMs = 0; elapsedMs < REAPED_MS; elapsedMs += REAPER_STEP_MS) {
      rig.clock.advance(REAPER_STEP_MS);
      await tick();
    }
    await next.reaper.close();
    rig.failing.clear();
  }

  async #fillWallet(account: string, { row, fault }: CellAsked): Promise<bigint> {
    const { ledger, clock } = this.gateway.rig;
    const atMs = clock.wallMs();
    const isPoor = row.fault === 'money-gone';
    const amount = isPoor ? (fault.at === 'P0' ? 0n : SMALL_WALLET_NANO) : WALLET_NANO;
    await ledger.openWallet(account, atMs);
    if (amount === 0n) return amount;
    await ledger.transfer({
      transferId: `top-up ${account}`,
      reason: 'top_up',
      account,
      amountNanoUsd: amount,
      note: 'test',
      actor: 'test',
      atMs,
    });
    return amount;
  }

  async #walletOf(account: string): Promise<{ readonly posted: bigint; readonly held: bigint }> {
    const wallet = await this.gateway.rig.ledger.wallet(account);
    return { posted: wallet?.postedNanoUsd ?? 0n, held: wallet?.heldNanoUsd ?? 0n };
  }

  /**
   * Lets everything happen that happens by itself, then moves the clock, until all is over; says how
   * long that took from when somebody acted.
   */
  async #drive(client: FaultClient, cell: FaultCell, asked: CellAsked): Promise<number> {
    const { clock } = this.gateway.rig;
    const startMs = clock.monotonicMs();
    let act = this.#actOf(client, asked);
    let actedMs = startMs;
    let quiet = 0;
    let last = '';
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      await tick();
      const now = this.#progress(client, cell);
      quiet = now === last ? quiet + 1 : 0;
      last = now;
      if (quiet < QUIET_TICKS) continue;
      const { count } = cell.walk.settling ?? { count: 0 };
      if (client.isOver && (this.#isDead || (cell.records.length > 0 && count === 0))) {
        // That a connection was closed is heard at its other end a moment later.
        await becomesSo(() => this.#stage.isLetGo, HEARD_MS);
        return clock.monotonicMs() - actedMs;
      }
      if (!this.#stage.isStill) continue;
      quiet = 0;
      if (act !== undefined && this.#mayAct(asked, startMs)) {
        act();
        act = undefined;
        actedMs = clock.monotonicMs();
      } else clock.advance(STEP_MS);
      if (clock.monotonicMs() - startMs > VIRTUAL_MS_MAX) break;
    }
    throw new Error(`it does not come to an end: ${last}`);
  }

  /** What an answer whose end does not come used is written down a moment after it was said. */
  #mayAct({ row, fault }: CellAsked, startMs: number): boolean {
    const isSaid = row.fault === 'killed' && fault.at === 'P5';
    const passedMs = this.gateway.rig.clock.monotonicMs() - startMs;
    return this.#stage.isPlayed && (!isSaid || passedMs >= STEP_MS);
  }

  /** What somebody does once the upstream is where it is to be. */
  #actOf(client: FaultClient, { row }: CellAsked): (() => void) | undefined {
    if (row.fault === 'client-gone') {
      return () => {
        client.leave();
      };
    }
    if (row.fault === 'killed') {
      return () => {
        this.#kill();
        client.leave();
      };
    }
    if (row.fault !== 'shutdown') return undefined;
    return () => {
      this.gateway.requests.cutAll(refusal('unavailable', 'The gateway shuts down.'));
    };
  }

  /** Whatever it does from now on reaches no books. */
  #kill(): void {
    for (const order of ordersOfBooks) this.gateway.rig.failing.add(order);
  }

  get #isDead(): boolean {
    return this.gateway.rig.failing.size > 0;
  }

  #progress(client: FaultClient, { attempts, records, walk }: FaultCell): string {
    const sent = attempts.map(({ readBytes, isOver }) => `${String(readBytes)}${String(isOver)}`);
    const played = this.#stage.requests.map(
      ({ writtenBytes, isWritten, isEnded, isLeft }) =>
        `${String(writtenBytes)}${String(isWritten)}${String(isEnded)}${String(isLeft)}`,
    );
    const heard = `${String(client.status)} ${String(client.heardBytes)} ${String(client.isOver)}`;
    const settled = `${String(records.length)} ${String(walk.settling?.count)}`;
    return [heard, settled, ...sent, ...played].join('|');
  }
}

const longFaults: ReadonlySet<FaultKind> = new Set([
  'long-stall',
  'client-gone',
  'shutdown',
  'killed',
]);

function accountOf(key: string): string {
  const principal = anyCredential().authenticate({ 'x-api-key': key });
  if (isRefusal(principal)) throw new Error('nobody has the key');
  return principal.account;
}

/** What the upstream says to the attempts of the cell that runs. */
class Stage {
  #asked: CellAsked | undefined;
  #cell: FaultCell | undefined;
  #random = new SeededRandom(0, 0);
  #sentOf = new Map<PlayedRequest, number>();
  answers: FaultAnswer[] = [];
  requests: PlayedRequest[] = [];
  marksBefore = 0;

  begin(asked: CellAsked, cell: FaultCell): void {
    this.#asked = asked;
    this.#cell = cell;
    this.#random = new SeededRandom(asked.seed, 1);
    this.#sentOf = new Map();
    this.answers = [];
    this.requests = [];
    this.marksBefore = 0;
  }

  /** Whether an attempt fails, by its number from one on. */
  fails(attempt: number): boolean {
    return attempt === 1 || this.#asked?.allFail === true;
  }

  answer(request: PlayedRequest): PlayedAnswer {
    const { asked, cell } = this.#running;
    const attempt = cell.attempts.length;
    this.requests.push(request);
    this.#sentOf.set(request, attempt - 1);
    const kind = asked.row.fault;
    const answer = writeAnswer(
      {
        attempt,
        isStream: request.body.includes('"stream":true'),
        saysUsage: kind !== 'usage-missing',
        isLong: kind === 'money-gone',
      },
      this.#random,
    );
    this.answers[attempt - 1] = answer;
    if (kind === 'connect-refused' || !this.fails(attempt)) return playWhole(answer, this.#random);
    const at = kind === 'money-gone' ? 'P6' : asked.fault.at;
    const { played, place } = playFault(kind, { answer, at, random: this.#random });
    if (attempt === 1) this.marksBefore = wholeEventsEnd(answer, place).marks;
    return played;
  }

  /** Whether the gateway has read all that was written for a request, or wants no more of it. */
  isRead(request: PlayedRequest): boolean {
    const sent = this.#cell?.attempts[this.#sentOf.get(request) ?? -1];
    if (sent === undefined) return true;
    return sent.isCancelled || sent.readBytes >= request.writtenBytes;
  }

  /** Whether nothing is on its way between upstream and gateway. */
  get isStill(): boolean {
    return this.requests.every(
      (request) => request.isLeft || (request.isWritten && this.isRead(request)),
    );
  }

  /** Whether no request has anybody waiting at its upstream. */
  get isLetGo(): boolean {
    return this.requests.every(({ isEnded, isLeft }) => isEnded || isLeft);
  }

  /** Whether the upstream has said all that it says. */
  get isPlayed(): boolean {
    return this.requests.length > 0 && this.isStill;
  }

  get #running(): { readonly asked: CellAsked; readonly cell: FaultCell } {
    if (this.#asked === undefined || this.#cell === undefined) throw new Error('no cell runs');
    return { asked: this.#asked, cell: this.#cell };
  }
}
