import { readChargeLines } from '../billing/charge-record.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { ExchangeTransfer } from '../ledger/exchange-transfers.ts';
import type { HoldRecord } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Price } from '../metering/resolved-price.ts';
import { ratesFor } from '../metering/resolved-price.ts';
import { uuidV7Of } from '../std/uuid-v7.ts';
import type { LoggedRequest } from '../telemetry/request-reads.ts';
import type { AdminParts } from './admin-parts.ts';
import type { AttemptAnswer } from './contract.ts';
import type {
  ChargeLineAnswer,
  ExchangeAnswer,
  ExchangePrices,
  LedgerEntryAnswer,
} from './contract-exchanges.ts';
import { describeBilled } from './describe-billed.ts';
import { encodeRequest } from './encode-request.ts';
import { timeText } from './field-schemas.ts';
import { encodeHold } from './hold-orders.ts';
import { usdText } from './money-text.ts';
import { listedRates } from './price-orders.ts';
import { SHOWN_BYTES_MAX, encodeKeptContent, encodeLoggedContent } from './stored-content.ts';

/** Most steps that a request to a gateway's own URL has a log of. */
const STEPS_MAX = 32;

type Parts = Pick<
  AdminParts,
  'requests' | 'ledger' | 'accounts' | 'prices' | 'settings' | 'explorer'
>;

/** Everything that is known of one request. */
export async function showExchange(parts: Parts, id: string): Promise<ExchangeAnswer | Refusal> {
  const [hold, logged, transfers] = await Promise.all([
    parts.ledger.hold(id),
    parts.requests.find(id),
    parts.explorer.transfers.ofRequest(id),
  ]);
  const request = encodeRequest(logged, hold);
  if (request === undefined) {
    return refusal('not_found', `There is no request "${id}".`, { reason: 'request_not_found' });
  }
  const price = logged === undefined ? undefined : priceOf(parts, logged);
  return {
    request,
    attempts: request.attempt_details ?? attemptOf(logged),
    ...(await contentOf(parts, id, logged)),
    ledger: {
      hold: hold === undefined ? null : encodeHold(hold),
      entries: transfers.map((transfer) => encodeTransfer(transfer)),
      lines: linesOf(hold, logged, price?.price),
    },
    prices: price === undefined ? null : encodePrices(price),
    billed: describeBilled(logged, hold),
  };
}

/** The one attempt that went well at once, as far as the row of the request says it. */
function attemptOf(logged: LoggedRequest | undefined): readonly AttemptAnswer[] {
  if (logged?.attempts === undefined || logged.upstream === undefined) return [];
  return [
    {
      upstream: logged.upstream,
      credential: null,
      model: null,
      started_ms: 0,
      head_ms: null,
      ended_ms: Math.round(logged.totalMs),
      http_status: logged.status,
      error: logged.errorCode ?? null,
    },
  ];
}

type Content = Pick<ExchangeAnswer, 'content' | 'content_reason'>;

async function contentOf(
  { explorer: { contents, gatewayLogs } }: Parts,
  id: string,
  logged: LoggedRequest | undefined,
): Promise<Content> {
  const kept = await contents?.find(id);
  if (kept === 'broken') return { content: null, content_reason: 'unreadable' };
  if (kept !== undefined) return { content: encodeKeptContent(kept), content_reason: 'stored' };
  const ofGateway =
    logged === undefined
      ? undefined
      : await gatewayLogs?.exchange(logIdsOf(logged), SHOWN_BYTES_MAX);
  const content = ofGateway && encodeLoggedContent(ofGateway);
  if (content !== undefined) return { content, content_reason: 'stored' };
  return { content: null, content_reason: contents === undefined ? 'off' : 'not_kept' };
}

/** What the logs of a request through a gateway are called: its own, and those of its steps. */
function logIdsOf({ requestId, startedAtMs }: LoggedRequest): readonly string[] {
  const steps = Array.from({ length: STEPS_MAX }, (_, index) => `${requestId} ${String(index)}`);
  return [requestId, ...steps].map((name) => uuidV7Of(startedAtMs, name));
}

function encodeTransfer(transfer: ExchangeTransfer): LedgerEntryAnswer {
  return {
    id: transfer.transferId,
    sequence: String(transfer.sequence),
    account: transfer.wallet ?? 'house',
    reason: transfer.reason,
    from: transfer.debitAccount,
    to: transfer.creditAccount,
    amount_nano: String(transfer.amountNanoUsd),
    usd: usdText(transfer.amountNanoUsd),
    created_at: timeText(transfer.atMs),
  };
}

interface UsedPrice {
  readonly model: string;
  readonly price: Price;
}

/** The price that has the version which the request went by, of its account's plan or of everybody. */
function priceOf(
  { accounts, prices, settings }: Parts,
  { model, account, startedAtMs, priceVersion }: LoggedRequest,
): UsedPrice | undefined {
  const { plan, profile } = settings();
  const known = resolveAnyName(model ?? '', profile);
  if (known === undefined || priceVersion === undefined) return undefined;
  const planName = account === undefined ? undefined : accounts.find(account)?.planName;
  for (const name of [planName ?? plan.name, undefined]) {
    const price = prices.priceOf(known.id, name, startedAtMs);
    if (price?.version === priceVersion) return { model: known.id, price };
  }
  return undefined;
}

function encodePrices({ model, price }: UsedPrice): ExchangePrices {
  return { model, price_version: price.version, rates: listedRates(price) };
}

function linesOf(
  hold: HoldRecord | undefined,
  logged: LoggedRequest | undefined,
  price: Price | undefined,
): readonly ChargeLineAnswer[] {
  if (hold?.charge === undefined) return [];
  const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0 } = logged?.usage ?? {};
  const rates = price && ratesFor(price, inputTokens + cacheReadTokens + cacheWriteTokens);
  return readChargeLines(hold.charge).map(({ priceClass, count, nanoUsd }) => ({
    class: priceClass,
    count: String(count),
    nano_per_mtok: rates?.[priceClass]?.toString() ?? null,
    amount_nano: String(nanoUsd),
  }));
}
