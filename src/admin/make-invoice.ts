import { readChargeLines } from '../billing/charge-record.ts';
import type { ChargeReads, SettledCharge } from '../ledger/charge-reads.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { assert } from '../std/assert.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import type { InvoiceAnswer, InvoiceLine } from './contract.ts';
import { NANO_PER_CENT } from './payment-orders.ts';

/** Charges that are read at once: a month may have millions. */
const PAGE = 1000;
const MONTH = /^(20\d\d)-(0[1-9]|1[0-2])$/;

interface OpenLine {
  readonly model: string | null;
  readonly priceClass: string;
  readonly priceVersion: string | null;
  requests: number;
  count: bigint;
  nanoUsd: bigint;
}

/** What was not charged of a cost: neither hold nor wallet covered it, so that it was ours to bear. */
const ABSORBED = 'absorbed';
/** What a record that has no lines was charged for. */
const UNDIVIDED = 'usage';

/**
 * What an account paid for requests in a month in UTC: stored integers added up, never priced again
 * (wallet reference §11, L14). Cents are made once, of the total and of what the invoices before left
 * below a cent, so that all invoices together are what was paid, to the cent.
 */
export async function makeInvoice(
  charges: ChargeReads,
  account: string,
  month: string,
): Promise<InvoiceAnswer | Refusal> {
  const [, year, ordinal] = MONTH.exec(month) ?? [];
  if (year === undefined || ordinal === undefined) {
    return refusal('invalid_request', 'month: YYYY-MM is wanted', { param: 'month' });
  }
  const fromMs = Date.UTC(Number(year), Number(ordinal) - 1);
  const toMs = Date.UTC(Number(year), Number(ordinal));
  const { lines, totalNanoUsd } = await addUp(charges, { account, fromMs, toMs });
  const carriedIn = (await charges.chargedBefore(account, fromMs)) % NANO_PER_CENT;
  const due = carriedIn + totalNanoUsd;
  return {
    account,
    month,
    lines,
    total_nano: String(totalNanoUsd),
    carried_in_nano: String(carriedIn),
    total_cents: String(due / NANO_PER_CENT),
    carried_out_nano: String(due % NANO_PER_CENT),
  };
}

async function addUp(
  charges: ChargeReads,
  wanted: { readonly account: string; readonly fromMs: number; readonly toMs: number },
): Promise<{ readonly lines: InvoiceLine[]; readonly totalNanoUsd: bigint }> {
  const open = new Map<string, OpenLine>();
  let totalNanoUsd = 0n;
  let after: SettledCharge | undefined;
  for (;;) {
    const page = await charges.settled({ ...wanted, after, limit: PAGE });
    for (const charge of page) {
      addCharge(open, charge);
      totalNanoUsd += charge.chargedNanoUsd;
    }
    after = page.at(-1);
    if (page.length < PAGE) break;
  }
  const lines = [...open.values()].map((line) => closedLine(line));
  const sum = lines.reduce((total, { amount_nano: amount }) => total + BigInt(amount), 0n);
  assert(sum === totalNanoUsd, 'the lines of an invoice add up to what was charged');
  return { lines, totalNanoUsd };
}

function addCharge(open: Map<string, OpenLine>, { charge, chargedNanoUsd }: SettledCharge): void {
  const { model, priceVersion } = readHead(charge);
  const add = (priceClass: string, count: bigint, nanoUsd: bigint): void => {
    const key = JSON.stringify([model, priceClass, priceVersion]);
    const empty = { model, priceClass, priceVersion, requests: 0, count: 0n, nanoUsd: 0n };
    const line = open.get(key) ?? empty;
    line.requests += 1;
    line.count += count;
    line.nanoUsd += nanoUsd;
    open.set(key, line);
  };
  let rest = chargedNanoUsd;
  for (const { priceClass, count, nanoUsd } of readChargeLines(charge)) {
    add(priceClass, BigInt(count), nanoUsd);
    rest -= nanoUsd;
  }
  if (rest > 0n) add(UNDIVIDED, 1n, rest);
  if (rest < 0n) add(ABSORBED, 1n, rest);
}

function readHead(charge: string): {
  readonly model: string | null;
  readonly priceVersion: string | null;
} {
  const parsed = parseJson(charge);
  const record = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
  const { model, price_version: priceVersion } = record;
  return {
    model: typeof model === 'string' ? model : null,
    priceVersion: typeof priceVersion === 'string' ? priceVersion : null,
  };
}

function closedLine({ model, priceClass, priceVersion, ...line }: OpenLine): InvoiceLine {
  return {
    model,
    class: priceClass,
    price_version: priceVersion,
    requests: line.requests,
    count: String(line.count),
    amount_nano: String(line.nanoUsd),
  };
}
