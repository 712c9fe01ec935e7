import type { GatewayStep } from '../ai-gateway-form/gateway-call.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import { asHostForm } from '../dialects/workers-ai/as-host-form.ts';
import type { StepEndpoint } from '../dialects/workers-ai/gateway-endpoints.ts';
import { findStepEndpoint } from '../dialects/workers-ai/gateway-endpoints.ts';
import type { WalkReply } from '../gateway/exchange.ts';
import { withMissing } from '../gateway/gateway-headers.ts';
import { serveRequest } from '../gateway/serve-request.ts';
import { refusal } from '../messages/errors.ts';
import { newRequestId } from '../std/ids.ts';
import { uuidV7Of } from '../std/uuid-v7.ts';
import type { ApiCall } from './api-route.ts';
import type { UniversalEntry } from './refuse-with-log.ts';
import { refuseWithLog } from './refuse-with-log.ts';
import type { UniversalStep } from './read-universal-steps.ts';

/**
 * Walks a step after the other until one succeeds. Where none does, the last one's error is the
 * answer: each has said why in its own log. Once an answer has begun nothing else is asked.
 */
export async function serveSteps(
  steps: readonly UniversalStep[],
  entry: UniversalEntry,
  call: ApiCall,
): Promise<WalkReply> {
  const requestId = steps.length === 1 ? undefined : uuidV7Of(call.atMs, call.requestId);
  for (let index = 0; ; index++) {
    const step = steps[index];
    if (step === undefined) throw new Error('a universal request has a step that answers');
    const place = { index, ...(requestId === undefined ? {} : { requestId }) };
    const found = findStepEndpoint(step.provider, step.path);
    const reply =
      found === undefined
        ? refuseStep({ step, place }, entry, call)
        : await serveStep({ step, place, found }, call);
    const isLast = index === steps.length - 1;
    if (reply.status < 400 || isLast || call.request.cancellation.cancelled) {
      const headers = withMissing(reply.headers, ['cf-aig-step', String(index)]);
      return { ...reply, headers };
    }
    if (!(reply.body instanceof Uint8Array)) reply.body.cancel();
  }
}

interface PlacedStep {
  readonly step: UniversalStep;
  readonly place: GatewayStep;
}

function serveStep(
  { step, place, found }: PlacedStep & { readonly found: StepEndpoint },
  call: ApiCall,
): Promise<WalkReply> {
  const { walk, random } = call.parts;
  const id = newRequestId(random, walk.clock.wallMs());
  const { endpoint, params } = found;
  const { operation, method, native, usualHeaders } = endpoint;
  return serveRequest(
    {
      id,
      dialect: asHostForm(native, { usualHeaders, step: place }),
      operation,
      method,
      upstreamPath: upstreamPathOf(step, endpoint),
      target: { params: { ...call.params, ...params }, query: step.query },
      headers: headersOf(step, call.headers),
      body: { read: () => Promise.resolve(step.body) },
      cancellation: call.request.cancellation,
      onBehalf: { principal: call.principal },
      onSettled: call.onSettled,
    },
    walk,
  );
}

function upstreamPathOf({ query }: UniversalStep, endpoint: StepEndpoint['endpoint']): string {
  const { upstreamPath, passesQuery = false } = endpoint;
  return passesQuery && query !== '' ? `${upstreamPath}?${query}` : upstreamPath;
}

/** Headers of the request that are for its gateway. Its credential has done what it is for. */
const ofGateway = /^cf-(?:aig-(?!authorization$)|skip-cache$|cache-ttl$)|^user-agent$/;

/** A step has its provider's headers and its own options, over the options of the whole request. */
function headersOf({ headers }: UniversalStep, asked: HeaderMap): HeaderMap {
  const ofRequest = Object.entries(asked).filter(([name]) => ofGateway.test(name));
  return {
    ...Object.fromEntries(ofRequest),
    'content-type': 'application/json',
    ...headers,
    // A step cannot say who asks. By this one it is known if the provider's key is this gateway's.
    'cf-aig-authorization':
      asked['cf-aig-authorization'] ?? asked['authorization'] ?? asked['x-api-key'],
  };
}

function refuseStep({ step, place }: PlacedStep, entry: UniversalEntry, call: ApiCall): WalkReply {
  const { provider, path, body } = step;
  const text = `No step is served at "${provider.slice(0, 64)}${path.slice(0, 128)}": the providers here are anthropic, compat and workers-ai.`;
  const said = refusal('invalid_request', text, { reason: 'unserved' });
  const shownPath = path.replace(/^\//, '');
  const headers = headersOf(step, call.headers);
  return refuseWithLog(
    said,
    { ...entry, provider, path: shownPath, headers, body, step: place },
    call,
  );
}
