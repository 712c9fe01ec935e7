import { readIdempotency } from './read-idempotency.ts';
import { listTransactions } from '../admin/list-transactions.ts';
import type { MoneyOrder } from '../admin/wallet-orders.ts';
import {
  encodeWallet,
  moveMoney,
  noWallet,
  noteOf,
  openWalletOrder,
  transferIdOf,
  turnWallet,
} from '../admin/wallet-orders.ts';
import { isRefusal } from '../messages/errors.ts';
import type { OrderFlags } from './open-orders.ts';
import { amountOf, tell, tellDone, tellRows, withOrders } from './open-orders.ts';

export interface MoveMoneyFlags extends OrderFlags {
  readonly reason: string;
  readonly ticket?: string;
  /** The same again moves nothing. */
  readonly idempotencyKey?: string;
  /** Of a refund: the transfer that it is about. */
  readonly about?: string;
  /** Of a grant: days until what is left of it lapses. */
  readonly expiresDays?: number;
}

export interface TurnWalletFlags extends OrderFlags {
  readonly reason: string;
}

export interface TransactionFlags extends OrderFlags {
  readonly limit: number;
}

const DAY_MS = 86_400_000;

/** Opens the wallet of an account. */
export function openWalletCommand(account: string, flags: OrderFlags): Promise<void> {
  return withOrders(flags, async (context) => {
    await tellDone(flags, context, await openWalletOrder(context, account));
  });
}

/** Shows what a wallet has. */
export function showWalletCommand(account: string, flags: OrderFlags): Promise<void> {
  return withOrders(flags, async ({ parts }) => {
    const wallet = await parts.ledger.wallet(account);
    tell(flags, wallet === undefined ? noWallet(account) : encodeWallet(wallet));
  });
}

/** Moves money by hand. */
export function moveMoneyCommand(
  reason: MoneyOrder['reason'],
  { account, usd }: { readonly account: string; readonly usd: string },
  flags: MoveMoneyFlags,
): Promise<void> {
  const amountNanoUsd = amountOf(usd);
  const { ticket, about, expiresDays } = flags;
  return withOrders(flags, async (context) => {
    const { atMs, parts } = context;
    const key = readIdempotency(flags.idempotencyKey, parts.random);
    const order: MoneyOrder = {
      reason,
      account,
      amountNanoUsd,
      transferId: transferIdOf(account, key),
      note: noteOf(flags.reason, ticket),
      about,
      expiresAtMs: expiresDays === undefined ? undefined : atMs + expiresDays * DAY_MS,
    };
    await tellDone(flags, context, await moveMoney(context, order));
  });
}

/** Stops a wallet from paying, or lets it pay again. */
export function turnWalletCommand(
  account: string,
  status: 'open' | 'frozen',
  flags: TurnWalletFlags,
): Promise<void> {
  const { reason } = flags;
  return withOrders(flags, async (context) => {
    await tellDone(flags, context, await turnWallet(context, account, { status, reason }));
  });
}

/** Shows what moved in a wallet, newest first. */
export function listTransactionsCommand(account: string, flags: TransactionFlags): Promise<void> {
  const { limit } = flags;
  return withOrders(flags, async ({ parts }) => {
    if ((await parts.ledger.wallet(account)) === undefined) {
      tell(flags, noWallet(account));
      return;
    }
    const page = await listTransactions(parts.ledger, account, { limit });
    if (isRefusal(page)) tell(flags, page);
    else tellRows(flags, page.data, ['created_at', 'type', 'direction', 'usd', 'id', 'note']);
  });
}
