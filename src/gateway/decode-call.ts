import type { RequestPolicy } from '../config/policy-config.ts';
import type { DecodedCall, IncomingCall, RouteTarget } from '../dialects/dialect.ts';
import { modelInBody } from '../dialects/model-place.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { tooLarge } from '../policy/policy-rules.ts';
import type { AuthenticatedExchange, BodyEdit } from './exchange.ts';
import { findKnownModel } from './find-known-model.ts';
import { nameModel, namesModel } from './name-model.ts';
import { nearModelNames } from './near-model-names.ts';
import { namesOfModel, policiesFor } from './policies-for.ts';

const NO_TARGET: RouteTarget = { params: {}, query: '' };

/** A decoded request, with what was changed of it before. */
export interface NamedAndDecoded {
  readonly call: DecodedCall;
  readonly edits: readonly BodyEdit[];
}

/** Stage 3 of the walk: what the caller sent, with the model that policies say, in the canonical form. */
export function decodeCall(
  exchange: AuthenticatedExchange,
  body: Uint8Array,
): NamedAndDecoded | Refusal {
  const { incoming, edits } = nameModel(exchange, incomingOf(exchange, body));
  const lengthByDefault = lengthFor(exchange, incoming);
  const call = exchange.request.dialect.decodeRequest({ ...incoming, lengthByDefault });
  return isRefusal(call) ? call : { call, edits };
}

function incomingOf(
  { request, settings, principal, startedAtMs }: AuthenticatedExchange,
  body: Uint8Array,
): IncomingCall {
  return {
    operation: request.operation,
    method: request.method,
    upstreamPath: request.upstreamPath,
    target: request.target ?? NO_TARGET,
    headers: request.headers,
    body,
    requestId: request.id,
    account: principal.account,
    jsonBounds: settings.jsonBounds,
    startedAtMs,
    findModel: (name) => findKnownModel(name, settings, startedAtMs),
    nearModels: (name) => nearModelNames(name, settings),
    chatCompletions: settings.chatCompletions,
    workersAi: settings.workersAi,
  };
}

/**
 * How long an answer is by default, for forms that say so themselves: they divide it between thinking
 * and text, so it has to be known by then.
 */
function lengthFor(exchange: AuthenticatedExchange, incoming: IncomingCall): number | undefined {
  const { settings, request } = exchange;
  const { lengthByDefault } = request.dialect;
  if (lengthByDefault === undefined) return undefined;
  if (!(settings.policies ?? []).some(saysLength)) return undefined;
  const asked = (request.dialect.modelPlace ?? modelInBody).read(incoming);
  const models = typeof asked === 'string' ? namesOfModel([asked], settings.profile) : [];
  const policies = policiesFor(exchange, { gatewayId: undefined, models });
  const said = policies.map(lengthOf).find((length) => length !== undefined);
  const most = policies.flatMap(({ parameters }) => parameters.limits.max_tokens_max ?? []);
  return Math.min(said ?? lengthByDefault, ...most);
}

function saysLength(policy: RequestPolicy): boolean {
  const { limits } = policy.parameters;
  return lengthOf(policy) !== undefined || limits.max_tokens_max !== undefined;
}

function lengthOf({ parameters: { defaults } }: RequestPolicy): number | undefined {
  const { max_tokens: length } = defaults;
  return typeof length === 'number' ? length : undefined;
}

/** Reads the body of a request, which policies may let be smaller than others are. */
export async function readBody(exchange: AuthenticatedExchange): Promise<Uint8Array | Refusal> {
  const { request, settings } = exchange;
  const most =
    request.operation === 'batches.create' ? settings.batchBytesMax : settings.bodyBytesMax;
  const strictest = namesModel(request.operation) ? strictestSize(exchange) : undefined;
  if (strictest === undefined || strictest.bytesMax >= most) return request.body.read(most);
  const body = await request.body.read(strictest.bytesMax);
  const isTooLarge = isRefusal(body) && body.code === 'request_too_large';
  return isTooLarge ? tooLarge(strictest.policy, strictest.bytesMax) : body;
}

interface StrictSize {
  readonly policy: string;
  readonly bytesMax: number;
}

function strictestSize(exchange: AuthenticatedExchange): StrictSize | undefined {
  const nothingKnown = { gatewayId: undefined, models: undefined };
  return policiesFor(exchange, nothingKnown)
    .flatMap(({ name, body_bytes_max: bytesMax }) =>
      bytesMax === undefined ? [] : [{ policy: name, bytesMax }],
    )
    .toSorted((one, other) => one.bytesMax - other.bytesMax)[0];
}
