import { z } from 'zod';
import type { HoldAnswer, TransactionAnswer, TransferAnswer, WalletAnswer } from './contract.ts';
import type { TransactionRecord } from '../ledger/ledger-store.ts';
import { amountField, timeField, timeText, usdField } from './field-schemas.ts';
import { usdText } from './money-text.ts';

/** Wallets and what moved in them, as they are answered. */

export const walletShape: z.ZodType<WalletAnswer> = z.object({
  account: z.string(),
  status: z.enum(['open', 'frozen']),
  currency: z.literal('USD'),
  posted_nano: amountField,
  held_nano: amountField,
  available_nano: amountField,
  available_usd: usdField,
});

export const transferShape: z.ZodType<TransferAnswer> = z.object({
  id: z.string(),
  sequence: z.string(),
  account: z.string(),
  reason: z.string(),
  amount_nano: amountField,
  usd: usdField,
});

export const transactionShape: z.ZodType<TransactionAnswer> = z.object({
  id: z.string(),
  sequence: z.string(),
  created_at: timeField,
  type: z.string(),
  direction: z.enum(['in', 'out']),
  amount_nano: amountField,
  usd: usdField,
  request_id: z.string().nullable(),
  about: z.string().nullable(),
  note: z.string(),
});

export const holdShape: z.ZodType<HoldAnswer> = z.object({
  id: z.string(),
  account: z.string(),
  key_id: z.string(),
  state: z.enum(['open', 'unresolved', 'settled', 'released']),
  held_nano: amountField,
  created_at: timeField,
  expires_at: timeField,
  checkpoint: z.enum(['sent', 'partial', 'final']).nullable(),
  checkpoint_cost_nano: amountField.nullable(),
});

export function encodeTransaction(record: TransactionRecord): TransactionAnswer {
  return {
    id: record.transferId,
    sequence: String(record.sequence),
    created_at: timeText(record.atMs),
    type: record.kind,
    direction: record.direction,
    amount_nano: String(record.amountNanoUsd),
    usd: usdText(record.amountNanoUsd),
    request_id: record.requestId ?? null,
    about: record.about ?? null,
    note: record.note,
  };
}
