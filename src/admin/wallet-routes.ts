import { z } from 'zod';
import type { ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { Done, OrderContext } from './audit-note.ts';
import type { TransferAnswer } from './contract.ts';
import {
  cursorField,
  idField,
  limitField,
  movedAmountField,
  pageOf,
  reasonField,
  ticketField,
  timeField,
} from './field-schemas.ts';
import { encodeHold, releaseHold } from './hold-orders.ts';
import { listTransactions } from './list-transactions.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { MoneyOrder } from './wallet-orders.ts';
import {
  encodeWallet,
  moveMoney,
  noWallet,
  noteOf,
  openWalletOrder,
  transferIdOf,
  turnWallet,
} from './wallet-orders.ts';
import { holdShape, transactionShape, transferShape, walletShape } from './wallet-shapes.ts';

const WALLET = '/admin/v1/wallets/{account}';
const access = { kind: 'admin' } as const;
const params = z.object({ account: idField });
const movement = {
  amount_nano: movedAmountField,
  reason: reasonField,
  ticket: ticketField.optional(),
};
const about = idField.max(300).describe('The id of the transfer that it is about.');

/** A call that moves money: the schemas of its route have its idempotency key required. */
type MoneyCall = OrderContext & {
  readonly params: { readonly account: string };
  readonly body: {
    readonly amount_nano: string;
    readonly reason: string;
    readonly ticket?: string | undefined;
  };
  readonly idempotencyKey: string | undefined;
};

function move(
  call: MoneyCall,
  order: Pick<MoneyOrder, 'reason' | 'about' | 'expiresAtMs'>,
): Promise<Done<TransferAnswer> | Refusal> {
  const { account } = call.params;
  const { amount_nano: amount, reason, ticket } = call.body;
  return moveMoney(call, {
    ...order,
    account,
    amountNanoUsd: BigInt(amount),
    transferId: transferIdOf(account, call.idempotencyKey ?? ''),
    note: noteOf(reason, ticket),
  });
}

const money = {
  method: 'POST',
  access,
  status: 201,
  isMoneyWrite: true,
  params,
  answer: transferShape,
} as const;

const movements: readonly ApiRoute[] = [
  writeRoute({
    ...money,
    path: `${WALLET}/top-ups`,
    operationId: 'topUpWallet',
    summary: 'Puts money into a wallet that came some other way than through a payment processor.',
    body: z.strictObject(movement),
    write: (call) => move(call, { reason: 'top_up' }),
  }),
  writeRoute({
    ...money,
    path: `${WALLET}/grants`,
    operationId: 'grantCredit',
    summary: 'Gives promotional credit, which is spent first and lapses.',
    body: z.strictObject({ ...movement, expires_at: timeField }),
    write: (call) => {
      const expiresAtMs = Date.parse(call.body.expires_at);
      if (expiresAtMs > call.atMs) return move(call, { reason: 'grant', expiresAtMs });
      const text = 'expires_at: a moment to come is wanted';
      return refusal('invalid_request', text, { param: 'expires_at' });
    },
  }),
  writeRoute({
    ...money,
    path: `${WALLET}/adjustments`,
    operationId: 'adjustWallet',
    summary: 'Puts money in or takes it out; never more than is available.',
    body: z.strictObject({ ...movement, ticket: ticketField, direction: z.enum(['in', 'out']) }),
    write: (call) =>
      move(call, { reason: call.body.direction === 'in' ? 'adjust_up' : 'adjust_down' }),
  }),
  writeRoute({
    ...money,
    path: `${WALLET}/refunds`,
    operationId: 'refundWallet',
    summary: 'Takes money out that went back to who paid it; never what running requests hold.',
    body: z.strictObject({ ...movement, ticket: ticketField, about: about.optional() }),
    write: (call) => move(call, { reason: 'refund', about: call.body.about }),
  }),
  writeRoute({
    ...money,
    path: `${WALLET}/chargebacks`,
    operationId: 'chargeWalletBack',
    summary: 'Takes out what a bank took back; the wallet may go below zero by it.',
    body: z.strictObject({ ...movement, ticket: ticketField, about: about.optional() }),
    write: (call) => move(call, { reason: 'chargeback', about: call.body.about }),
  }),
];

/** Wallets, for the operator. */
export const walletRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: WALLET,
    operationId: 'getWallet',
    summary: 'What a wallet has, what of it is held, and what is available.',
    access,
    params,
    answer: walletShape,
    read: async ({ parts, params: { account } }) => {
      const wallet = await parts.ledger.wallet(account);
      return wallet === undefined ? noWallet(account) : encodeWallet(wallet);
    },
  }),
  writeRoute({
    method: 'POST',
    path: `${WALLET}/open`,
    operationId: 'openWallet',
    summary: 'Opens the wallet of an account.',
    access,
    params,
    answer: walletShape,
    write: (call) => openWalletOrder(call, call.params.account),
  }),
  ...movements,
  ...(['frozen', 'open'] as const).map((status) =>
    writeRoute({
      method: 'POST',
      path: `${WALLET}/${status === 'frozen' ? 'freeze' : 'unfreeze'}`,
      operationId: status === 'frozen' ? 'freezeWallet' : 'unfreezeWallet',
      summary:
        status === 'frozen' ? 'Stops a wallet from paying.' : 'Lets a frozen wallet pay again.',
      access,
      params,
      body: z.strictObject({ reason: reasonField }),
      answer: walletShape,
      write: (call) => turnWallet(call, call.params.account, { status, reason: call.body.reason }),
    }),
  ),
  readRoute({
    method: 'GET',
    path: `${WALLET}/transactions`,
    operationId: 'listTransactions',
    summary: 'What moved in a wallet, newest first.',
    access,
    params,
    query: z.strictObject({ limit: limitField, cursor: cursorField }),
    answer: pageOf(transactionShape),
    read: ({ parts, params: { account }, query }) => listTransactions(parts.ledger, account, query),
  }),
  readRoute({
    method: 'GET',
    path: `${WALLET}/holds`,
    operationId: 'listHolds',
    summary: 'What is held of a wallet, oldest first.',
    access,
    params,
    query: z.strictObject({ limit: limitField }),
    answer: z.object({ data: z.array(holdShape) }),
    read: async ({ parts, params: { account }, query: { limit } }) => {
      const holds = await parts.ledger.openHolds({ account, limit });
      return { data: holds.map((hold) => encodeHold(hold)) };
    },
  }),
  writeRoute({
    method: 'POST',
    path: '/admin/v1/holds/{hold}/release',
    operationId: 'releaseHold',
    summary: 'Gives back what is held for a request that is unresolved, or past its time.',
    access,
    params: z.object({ hold: idField }),
    body: z.strictObject({ reason: reasonField }),
    answer: holdShape,
    isMoneyWrite: true,
    write: (call) => releaseHold(call, call.params.hold, call.body.reason),
  }),
];
