import { ReplaySource } from '../cache/replay-source.ts';
import type { DecodedCall } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { textsIn } from '../messages/texts-in.ts';
import type { Operation, UpstreamAnswer } from '../messages/upstream.ts';
import type { UsageState } from '../messages/usage.ts';
import type { ContentCheck, ContentRules } from '../policy/content-rules.ts';
import { looksAt } from '../policy/content-rules.ts';
import type { ContentReport } from '../policy/judge-content.ts';
import {
  emptyReport,
  joinReports,
  judgeContent,
  scanQuestionOf,
  strictest,
  unscannable,
} from '../policy/judge-content.ts';
import type { JsonValue } from '../std/json.ts';
import { parseJson, textOf } from '../std/json.ts';
import { collectAnswer } from './answer-parts.ts';
import type { Attempted } from './attempt-upstreams.ts';
import type { DecodedExchange, ReadAnswer } from './exchange.ts';
import { foldAnswer } from './fold-answer.ts';
import { answeringOperations, guardsAnswer } from './guards-answer.ts';
import { refuseDoubledKey } from './refuse-doubled-key.ts';

/** What stands for an upstream where none was asked. */
const SCANNER_NAME = 'scanner';

/** Operations that say something to a model. */
const asking: ReadonlySet<Operation> = new Set([
  'messages.create',
  'messages.count_tokens',
  'complete.create',
]);

type Ask = (exchange: DecodedExchange) => Promise<Attempted | Refusal>;

/**
 * Applies the rules of a gateway about texts around the stages that ask an upstream: what is not to
 * be said is not sent, and what is not to be answered is read and goes nowhere. It stands behind the
 * cache, so an answer that is given again is not looked at again. Workers reference §3.5, §3.9.
 */
export async function askGuarded(
  exchange: DecodedExchange,
  ask: Ask,
): Promise<Attempted | Refusal> {
  const judged = await guardRequest(exchange);
  if (judged.refused !== undefined) {
    const at = { ...judged.exchange, upstream: { name: SCANNER_NAME } };
    return { exchange: at, outcome: judged.refused };
  }
  const attempted = await ask(judged.exchange);
  if (isRefusal(attempted) || !guardsAnswer(attempted.exchange)) return attempted;
  return judgeAnswer(attempted);
}

/** Where a request or an answer stands, and why it goes no further. */
export interface Judged<At extends DecodedExchange> {
  readonly exchange: At;
  readonly refused: Refusal | undefined;
}

/** What the rules of a gateway make of a request; what is explained is judged by them too. */
export async function guardRequest(exchange: DecodedExchange): Promise<Judged<DecodedExchange>> {
  const rules = exchange.gateway?.policy.content;
  const isAsking = asking.has(exchange.request.operation);
  return rules === undefined || !isAsking
    ? { exchange, refused: undefined }
    : judgeRequest(exchange, rules);
}

async function judgeRequest(
  exchange: DecodedExchange,
  rules: ContentRules,
): Promise<Judged<DecodedExchange>> {
  // That an answer could not be looked at is said before anybody is paid for it.
  const missing =
    withoutScanner(exchange, rules, 'REQUEST') ?? withoutScanner(exchange, rules, 'RESPONSE');
  if (missing !== undefined) return { exchange, refused: missing };
  if (!looksAt(rules, 'REQUEST')) return { exchange, refused: undefined };
  const { body } = exchange.call.request;
  const parsed = parseJson(textOf(body));
  const doubled = refuseDoubledKey(body);
  if (doubled !== undefined) return { exchange, refused: doubled };
  // What is no JSON is refused by the dialect; what comes so far and is none holds nothing to look at.
  const said = parsed.kind === 'value' ? parsed.value : null;
  return judgeTexts(exchange, 'REQUEST', textsIn(said));
}

/** The answer is read whole before any of it goes out, as a stream too; Workers reference §3.9. */
async function judgeAnswer(attempted: Attempted): Promise<Attempted> {
  const { exchange, outcome } = attempted;
  if (isRefusal(outcome) || outcome.status >= 400) return attempted;
  const bytes = await collectAnswer(exchange, outcome);
  if ('failed' in bytes) {
    return {
      exchange,
      outcome: bytes.failed,
      reported: { usage: bytes.usage, isUsageEstimated: bytes.isUsageEstimated },
    };
  }
  const read = readAnswer(bytes, outcome, exchange.call);
  if ('refused' in read) {
    return { exchange, outcome: read.refused, reported: { usage: read.usage } };
  }
  const judged = await judgeTexts(exchange, 'RESPONSE', textsIn(read.said));
  const known = { ...judged.exchange, read: knownAnswer(read) };
  if (judged.refused === undefined) {
    return { exchange: known, outcome: { ...outcome, body: new ReplaySource(bytes) } };
  }
  return { exchange: { ...known, spent: read.usage }, outcome: judged.refused };
}

interface SaidAnswer {
  readonly said: JsonValue;
  readonly usage: UsageState;
}

/** What it is paid by, whatever its caller takes of it. */
function knownAnswer({ said, usage }: SaidAnswer): ReadAnswer {
  return usage.isFinal ? { usage } : { usage, answer: Buffer.from(JSON.stringify(said)) };
}

interface UnreadAnswer {
  readonly refused: Refusal;
  readonly usage: UsageState;
}

/** An answer that cannot be read cannot be looked at, so it does not go out. */
function readAnswer(
  bytes: Uint8Array,
  { isEventStream }: UpstreamAnswer,
  call: DecodedCall,
): SaidAnswer | UnreadAnswer {
  const folded = foldAnswer(bytes, isEventStream);
  if (folded.kind === 'message') {
    return { said: folded.message as unknown as JsonValue, usage: folded.usage };
  }
  if (folded.kind === 'failed') {
    const { said } = folded;
    const refused = call.encoder?.refuseError(said) ?? call.refuseError?.(said) ?? said;
    return { refused, usage: folded.usage };
  }
  const parsed = isEventStream ? undefined : parseJson(textOf(bytes));
  const { usage, said: refused } = folded;
  return parsed?.kind === 'value' ? { said: parsed.value, usage } : { refused, usage };
}

async function judgeTexts<At extends DecodedExchange>(
  exchange: At,
  check: ContentCheck,
  texts: readonly string[],
): Promise<Judged<At>> {
  const { gateway, settings, request, walk } = exchange;
  const scanner = settings.contentScanner;
  if (gateway === undefined || scanner === undefined) return { exchange, refused: undefined };
  const rules = gateway.policy.content;
  const question = scanQuestionOf(rules, check);
  const findings = await scanner.scan(texts, question, request.cancellation);
  const report = judgeContent(rules, check, findings);
  if (report.hazards.length + report.dataLoss.length === 0) return { exchange, refused: undefined };
  walk.log.info('content_found', {
    requestId: request.id,
    gateway: gateway.policy.id,
    check,
    categories: report.hazards.map(({ category }) => category).join(' '),
    profiles: report.dataLoss.map(({ profile }) => profile).join(' '),
  });
  const content = joinReports(exchange.content ?? emptyReport, report);
  return { exchange: { ...exchange, content }, refused: blockedBy(report, check) };
}

/** Case G19 and G20: numbers 2016, 2017, 2029 and 2030, by their words. Workers reference §3.9. */
const blocked = {
  REQUEST: {
    hazard: ['Prompt blocked due to security configurations', 'prompt_blocked'],
    dataLoss: ['Request content blocked due to DLP policy violations', 'request_data_blocked'],
  },
  RESPONSE: {
    hazard: ['Response blocked due to security configurations', 'response_blocked'],
    dataLoss: ['Response content blocked due to DLP policy violations', 'response_data_blocked'],
  },
} as const;

function blockedBy({ hazards, dataLoss }: ContentReport, check: ContentCheck): Refusal | undefined {
  const kinds = blocked[check];
  const said =
    strictest(hazards) === 'BLOCK'
      ? kinds.hazard
      : strictest(dataLoss) === 'BLOCK'
        ? kinds.dataLoss
        : undefined;
  return said && refusal('invalid_request', said[0], { reason: said[1] });
}

function withoutScanner(
  { settings, request }: DecodedExchange,
  rules: ContentRules,
  check: ContentCheck,
): Refusal | undefined {
  if (check === 'RESPONSE' && !answeringOperations.has(request.operation)) return undefined;
  const missing = unscannable(rules, check, settings.contentScanner);
  if (missing.length === 0) return undefined;
  const text = `The gateway blocks what nothing is configured to find: ${missing.join(', ')}. Describe it under "ai_gateway" in the configuration, or change the rule.`;
  return refusal('unavailable', text, { reason: 'scanner_unavailable' });
}
