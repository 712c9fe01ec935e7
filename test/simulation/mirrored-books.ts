import type {
  BudgetClaim,
  CheckpointStage,
  ExtensionOrder,
  HoldOrder,
  ReleaseOrder,
  SettlementOrder,
  TransferOrder,
  TransferReason,
} from '../../src/ledger/ledger-store.ts';
import type { OrderName, StoreOrders } from '../../src/store/ledger-order-runner.ts';
import type { Life } from './virtual-time.ts';

/** A wallet as the auditor counts it. */
export interface MirroredWallet {
  postedNano: bigint;
  heldNano: bigint;
  isFrozen: boolean;
  /** Grants that lapse, and the most that is left of each. */
  readonly lapsing: { readonly expiresAtMs: number; leftAtMost: bigint }[];
}

export interface MirroredHold {
  readonly order: HoldOrder;
  readonly openedBy: Life;
  heldNano: bigint;
  /** What was held before it grew: its process may not have heard of the last growth. */
  readonly heldBefore: bigint[];
  expiresAtMs: number;
  state: 'open' | 'settled' | 'released';
  resolvedBy: Life | undefined;
  checkpoint: { readonly stage: CheckpointStage; readonly costNano: bigint } | undefined;
  chargedNano: bigint;
  absorbedNano: bigint;
  /** What it was settled for, whoever paid. */
  costNano: bigint;
  charge: string;
  why: ReleaseOrder['why'] | 'already_settled' | undefined;
}

interface MirroredBudget {
  readonly limitNano: bigint;
  spentNano: bigint;
  heldNano: bigint;
}

type Applied<Name extends OrderName> = (
  order: StoreOrders[Name]['order'],
  answer: StoreOrders[Name]['answer'],
  by: Life,
) => void;

const incoming: ReadonlySet<TransferReason> = new Set(['top_up', 'grant', 'adjust_up']);

/**
 * The auditor's own books, kept from orders and answers alone: every answer of the real ones is held
 * against them as it is given (reliability §4.2, I2 to I6 and I11).
 */
export class MirroredBooks {
  readonly wallets: Map<string, MirroredWallet> = new Map();
  readonly holds: Map<string, MirroredHold> = new Map();
  readonly budgets: Map<string, MirroredBudget> = new Map();
  readonly transfers: Map<string, TransferOrder> = new Map();
  /** By what is settled once, the hold that did. */
  readonly settled: Map<string, string> = new Map();
  readonly open: Set<MirroredHold> = new Set();
  readonly #onProblem: (problem: string) => void;

  constructor(onProblem: (problem: string) => void) {
    this.#onProblem = onProblem;
  }

  readonly #applied: { readonly [Name in OrderName]: Applied<Name> } = {
    openHold: (order, answer, by) => {
      this.#openHold(order, answer, by);
    },
    extendHold: (order, answer) => {
      this.#extendHold(order, answer);
    },
    checkpoint: ({ holdId, stage, costNanoUsd }, isNoted) => {
      const hold = this.holds.get(holdId);
      if (!isNoted || hold === undefined) return;
      this.#expect(hold.state === 'open', `I4 ${holdId}: a checkpoint of a hold that resolved`);
      hold.checkpoint = { stage, costNano: costNanoUsd };
    },
    settle: (order, answer, by) => {
      this.#settle(order, answer, by);
    },
    release: (order, { kind }, by) => {
      const hold = this.holds.get(order.holdId);
      const isOpen = hold?.state === 'open';
      const expected = hold === undefined ? 'no_hold' : isOpen ? 'released' : 'already';
      this.#expect(kind === expected, `I4 release of ${order.holdId}: ${kind}, not ${expected}`);
      if (hold !== undefined && isOpen) this.#giveBack(hold, order, by);
    },
    leaveUnresolved: ({ holdId, untilMs }, isLeft) => {
      const hold = this.holds.get(holdId);
      this.#expect(hold?.state === 'open' || !isLeft, `I4 ${holdId}: resolved, then unresolved`);
      if (hold !== undefined && isLeft) hold.expiresAtMs = Math.min(hold.expiresAtMs, untilMs);
    },
    transfer: (order, answer) => {
      this.#transfer(order, answer.kind);
    },
    openWallet: ({ account }) => {
      if (this.wallets.has(account)) return;
      this.wallets.set(account, { postedNano: 0n, heldNano: 0n, isFrozen: false, lapsing: [] });
    },
    setWalletStatus: ({ account, status }) => {
      const wallet = this.wallets.get(account);
      if (wallet !== undefined) wallet.isFrozen = status === 'frozen';
    },
    lapseGrants: () => {},
    appendAudit: () => {},
  };

  apply<Name extends OrderName>(
    name: Name,
    order: StoreOrders[Name]['order'],
    answer: StoreOrders[Name]['answer'],
    by: Life,
  ): void {
    this.#applied[name](order, answer, by);
  }

  /** What the real books say of a wallet, after whatever happened to it. */
  compare(account: string, real: { posted: bigint; held: bigint }, atMs: number): void {
    const wallet = this.wallets.get(account);
    if (wallet === undefined) return;
    this.#expect(
      real.held === wallet.heldNano,
      `I3 ${account}: ${real.held} held, not ${wallet.heldNano}`,
    );
    this.#expect(
      real.held >= 0n && real.posted >= real.held,
      `I2 ${account}: ${real.posted} − ${real.held}`,
    );
    let lapsed = wallet.postedNano - real.posted;
    for (const grant of wallet.lapsing) {
      if (lapsed <= 0n || grant.expiresAtMs > atMs) continue;
      const part = lapsed < grant.leftAtMost ? lapsed : grant.leftAtMost;
      grant.leftAtMost -= part;
      wallet.postedNano -= part;
      lapsed -= part;
    }
    this.#expect(
      lapsed === 0n,
      `I8 ${account}: ${real.posted} posted, ${wallet.postedNano} by the auditor`,
    );
  }

  #openHold(order: HoldOrder, answer: StoreOrders['openHold']['answer'], by: Life): void {
    const { holdId, account, amountNanoUsd, isPrepaid } = order;
    if (answer.kind === 'exists') {
      this.#expect(this.holds.has(holdId), `I11 ${holdId}: exists, and was never made`);
      return;
    }
    const wallet = this.wallets.get(account);
    const hasMoney = !isPrepaid || this.#canHold(wallet, amountNanoUsd);
    const hasBudget = order.budgets.every((claim) => this.#fits(claim, amountNanoUsd));
    if (answer.kind === 'refused') {
      const isSure =
        wallet === undefined || wallet.lapsing.every(({ leftAtMost }) => leftAtMost === 0n);
      this.#expect(
        !(hasMoney && hasBudget && isSure),
        `${holdId}: refused with money (${answer.why})`,
      );
      return;
    }
    this.#expect(hasMoney && hasBudget, `I2 ${holdId}: held what is not there`);
    this.#expect(!this.holds.has(holdId), `I4 ${holdId}: held twice`);
    const hold: MirroredHold = {
      order,
      openedBy: by,
      heldNano: 0n,
      heldBefore: [],
      expiresAtMs: order.expiresAtMs,
      state: 'open',
      resolvedBy: undefined,
      checkpoint: undefined,
      chargedNano: 0n,
      absorbedNano: 0n,
      costNano: 0n,
      charge: '',
      why: undefined,
    };
    this.holds.set(holdId, hold);
    this.open.add(hold);
    this.#grow(hold, amountNanoUsd);
  }

  #extendHold(
    { holdId, amountNanoUsd, expiresAtMs }: ExtensionOrder,
    answer: StoreOrders['extendHold']['answer'],
  ): void {
    const hold = this.holds.get(holdId);
    if (answer.kind !== 'extended') return;
    this.#expect(hold?.state === 'open', `I4 ${holdId}: extended after its end`);
    if (hold === undefined) return;
    const wallet = this.wallets.get(hold.order.account);
    const hasMoney = !hold.order.isPrepaid || this.#canHold(wallet, amountNanoUsd);
    const hasBudget = hold.order.budgets.every((claim) => this.#fits(claim, amountNanoUsd));
    this.#expect(hasMoney && hasBudget, `I2 ${holdId}: extended by what is not there`);
    hold.expiresAtMs = expiresAtMs;
    this.#grow(hold, amountNanoUsd);
    this.#expect(answer.heldNanoUsd === hold.heldNano, `I3 ${holdId}: ${answer.heldNanoUsd} held`);
  }

  #settle(order: SettlementOrder, answer: StoreOrders['settle']['answer'], by: Life): void {
    const { holdId } = order;
    const hold = this.holds.get(holdId);
    if (answer.kind === 'no_hold') {
      this.#expect(hold?.state !== 'open', `I4 ${holdId}: no hold, and it is open`);
      return;
    }
    if (hold === undefined) {
      this.#onProblem(`I7 ${holdId}: settled without a hold`);
      return;
    }
    const { settlementKey } = hold.order;
    const first = this.settled.get(settlementKey);
    if (answer.kind === 'already') {
      this.#expect(first !== undefined, `I6 ${settlementKey}: settled before, and never was`);
      if (hold.state === 'open') this.#giveBack(hold, { ...order, why: 'already_settled' }, by);
      return;
    }
    this.#expect(hold.state === 'open', `I4 ${holdId}: settled twice`);
    this.#expect(first === undefined, `I6 ${settlementKey}: settled twice`);
    this.settled.set(settlementKey, holdId);
    this.#charge(hold, order, answer);
    this.#resolve(hold, 'settled', { charge: order.charge, by });
  }

  /** I5: from the hold, then from what is available, then from the house. */
  #charge(
    hold: MirroredHold,
    { holdId, amountNanoUsd }: SettlementOrder,
    {
      chargedNanoUsd,
      absorbedNanoUsd,
    }: Extract<StoreOrders['settle']['answer'], { readonly chargedNanoUsd: bigint }>,
  ): void {
    hold.costNano = amountNanoUsd;
    const wallet = this.wallets.get(hold.order.account);
    let spent = amountNanoUsd;
    if (hold.order.isPrepaid && wallet !== undefined) {
      const mayLapse = wallet.lapsing.reduce((total, { leftAtMost }) => total + leftAtMost, 0n);
      const most = hold.heldNano + wallet.postedNano - wallet.heldNano;
      const taken = least(amountNanoUsd, most);
      const surely = least(taken, most - least(mayLapse, wallet.postedNano - wallet.heldNano));
      const isRight = chargedNanoUsd <= taken && chargedNanoUsd >= surely;
      this.#expect(
        isRight,
        `I5 ${holdId}: charged ${chargedNanoUsd} of ${amountNanoUsd}, not ${taken}`,
      );
      this.#expect(
        chargedNanoUsd + absorbedNanoUsd === amountNanoUsd,
        `I1 ${holdId}: parts do not add up`,
      );
      wallet.postedNano -= chargedNanoUsd;
      spent = chargedNanoUsd;
    } else {
      this.#expect(
        chargedNanoUsd === 0n,
        `${holdId}: nobody pays, and ${chargedNanoUsd} was charged`,
      );
    }
    hold.chargedNano = chargedNanoUsd;
    hold.absorbedNano = absorbedNanoUsd;
    for (const claim of hold.order.budgets) this.#budget(claim).spentNano += spent;
  }

  #giveBack(
    hold: MirroredHold,
    { charge, why }: Pick<ReleaseOrder, 'charge'> & { readonly why: MirroredHold['why'] },
    by: Life,
  ): void {
    hold.why = why;
    this.#resolve(hold, 'released', { charge, by });
  }

  #resolve(
    hold: MirroredHold,
    state: 'settled' | 'released',
    { charge, by }: { readonly charge: string; readonly by: Life },
  ): void {
    hold.state = state;
    hold.resolvedBy = by;
    hold.charge = charge;
    this.open.delete(hold);
    const { account, isPrepaid, budgets } = hold.order;
    const wallet = this.wallets.get(account);
    if (isPrepaid && wallet !== undefined) wallet.heldNano -= hold.heldNano;
    for (const claim of budgets) this.#budget(claim).heldNano -= hold.heldNano;
  }

  #grow(hold: MirroredHold, amountNano: bigint): void {
    const { account, isPrepaid, budgets } = hold.order;
    hold.heldBefore.push(hold.heldNano);
    hold.heldNano += amountNano;
    const wallet = this.wallets.get(account);
    if (isPrepaid && wallet !== undefined) wallet.heldNano += amountNano;
    for (const claim of budgets) this.#budget(claim).heldNano += amountNano;
  }

  #transfer(order: TransferOrder, kind: StoreOrders['transfer']['answer']['kind']): void {
    const { transferId, account, reason, amountNanoUsd } = order;
    const first = this.transfers.get(transferId);
    if (kind === 'already') {
      this.#expect(first !== undefined, `I11 ${transferId}: made before, and never was`);
      return;
    }
    if (kind === 'refused') return;
    this.#expect(first === undefined, `I11 ${transferId}: made twice`);
    this.transfers.set(transferId, order);
    const wallet = this.wallets.get(account);
    if (wallet === undefined) {
      this.#onProblem(`${transferId}: moved money of no wallet`);
      return;
    }
    const before = this.transfers.get(order.about ?? '')?.amountNanoUsd ?? 0n;
    if (reason === 'correction') wallet.postedNano += amountNanoUsd - before;
    else wallet.postedNano += incoming.has(reason) ? amountNanoUsd : -amountNanoUsd;
    if (reason === 'grant' && order.expiresAtMs !== undefined) {
      wallet.lapsing.push({ expiresAtMs: order.expiresAtMs, leftAtMost: amountNanoUsd });
    }
  }

  #canHold(wallet: MirroredWallet | undefined, amountNano: bigint): boolean {
    if (wallet === undefined || wallet.isFrozen) return false;
    return wallet.postedNano - wallet.heldNano >= amountNano;
  }

  #fits(claim: BudgetClaim, amountNano: bigint): boolean {
    const { spentNano, heldNano } = this.#budget(claim);
    return spentNano + heldNano + amountNano <= claim.limitNanoUsd;
  }

  #budget({ name, startMs, limitNanoUsd }: BudgetClaim): MirroredBudget {
    const key = `${name} ${String(startMs)}`;
    const known = this.budgets.get(key) ?? { limitNano: limitNanoUsd, spentNano: 0n, heldNano: 0n };
    this.budgets.set(key, known);
    return known;
  }

  #expect(holds: boolean, problem: string): void {
    if (!holds) this.#onProblem(problem);
  }
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
