import { z } from 'zod';
import { refusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute } from './api-route.ts';
import { cursorField, limitField, pageOf } from './field-schemas.ts';
import { encodeKey } from './key-orders.ts';
import { keyShape } from './key-shapes.ts';
import { listTransactions } from './list-transactions.ts';
import { encodeWallet, noWallet } from './wallet-orders.ts';
import { transactionShape, walletShape } from './wallet-shapes.ts';

const anyKey = ['inference', 'management'] as const;
const walletAccess = { kind: 'account', keyKinds: anyKey, scope: 'wallet:read' } as const;

/** What a key may know of itself and of the wallet that pays for it. */
export const ownRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: '/v1/key',
    operationId: 'getOwnKeyItself',
    summary: 'What is known of the key that asks.',
    access: { kind: 'account', keyKinds: anyKey, scope: undefined },
    answer: keyShape,
    read: ({ parts, principal, atMs }) => {
      const record = principal === undefined ? undefined : parts.keys.find(principal.keyId);
      return record === undefined
        ? refusal('not_found', 'This key has no record: it is the fixed key for development.')
        : encodeKey(record, atMs);
    },
  }),
  readRoute({
    method: 'GET',
    path: '/v1/wallet',
    operationId: 'getOwnWallet',
    summary: 'What the wallet of the account has, what of it is held, and what is available.',
    access: walletAccess,
    answer: walletShape,
    read: async ({ parts, principal }) => {
      if (principal === undefined) return refusal('permission_denied');
      const wallet = await parts.ledger.wallet(principal.account);
      return wallet === undefined ? noWallet(principal.account) : encodeWallet(wallet);
    },
  }),
  readRoute({
    method: 'GET',
    path: '/v1/wallet/transactions',
    operationId: 'listOwnTransactions',
    summary: 'What moved in the wallet of the account, newest first.',
    access: walletAccess,
    query: z.strictObject({ limit: limitField, cursor: cursorField }),
    answer: pageOf(transactionShape),
    read: ({ parts, query, principal }) =>
      principal === undefined
        ? refusal('permission_denied')
        : listTransactions(parts.ledger, principal.account, query),
  }),
];
