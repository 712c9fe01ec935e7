import { readSnippetRequest } from '../catalog/snippets/read-snippet-request.ts';
import { snippetsFor } from '../catalog/snippets/snippets-for.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import type { GatewayApi, GatewayApiRequest } from '../gateway/gateway-api.ts';
import type { WalkReply } from '../gateway/exchange.ts';
import { AddressLimiter } from '../limits/address-limiter.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Clock } from '../std/clock.ts';
import { parseJson, textOf } from '../std/json.ts';
import { refusedReply } from './edge-reply.ts';

/** Where the code for a request is asked for. */
export const CODE_PATH = '/models/code';
/** What may be done there. */
export const codeMethods: readonly string[] = ['POST'];
/**
 * A picture of 700 kB in base64, with what is asked about it: the code has all of what would be sent.
 * Of larger ones nobody reads the code.
 */
const BODY_BYTES_MAX = 1024 * 1024;
/** More than somebody who types asks for, and a second or two of work for the largest bodies. */
const COST_PER_MINUTE = 120;
/** A request costs 1, and as much for each of these: the work is by the length of the code. */
const BYTES_PER_COST = 256 * 1024;

/**
 * `POST /models/code`: `{form, model, body, headers?, base_url?}` in, `{snippets}` out. The playground shows
 * with it what a form would send. It asks for no key: nothing but what was sent is in the answer, and
 * each address gets so much of it.
 */
export function createCodeApi(clock: Pick<Clock, 'monotonicMs'>): GatewayApi {
  const limiter = new AddressLimiter({ clock, perMinute: COST_PER_MINUTE });
  return {
    methodsAt: (path) => (path === CODE_PATH ? codeMethods : []),
    answer: (request) => answerCode(request, limiter),
  };
}

async function answerCode(request: GatewayApiRequest, limiter: AddressLimiter): Promise<WalkReply> {
  const { id, method, headers: asked, body, clientAddress } = request;
  if (!codeMethods.includes(method)) {
    const no = refusedCode(refusal('method_not_allowed'), request);
    return { ...no, headers: [...no.headers, 'allow', codeMethods.join(', ')] };
  }
  const admission = limiter.admit(clientAddress, costOf(asked['content-length']));
  if (admission.kind === 'excess') return refusedCode(tooOften(admission.retryAfterMs), request);
  const read = await body.read(BODY_BYTES_MAX);
  const snippets = isRefusal(read) ? read : snippetsText(read);
  if (typeof snippets !== 'string') return refusedCode(snippets, request);
  const own = messagesDialect.replyHeaders(asked, id);
  const headers = ['content-type', 'application/json', 'cache-control', 'no-store', ...own];
  return { status: 200, headers, body: Buffer.from(snippets) };
}

/** A body that does not say how long it is may be as long as any. */
function costOf(length: string | readonly string[] | undefined): number {
  const bytes = typeof length === 'string' ? Number(length) : BODY_BYTES_MAX;
  return 1 + Math.floor(Math.min(bytes, BODY_BYTES_MAX) / BYTES_PER_COST);
}

function tooOften(retryAfterMs: number): Refusal {
  const seconds = String(Math.ceil(retryAfterMs / 1000));
  const text = `Code was asked for too often from this address. Try again in ${seconds} s.`;
  return refusal('rate_limited', text, { retryAfterMs });
}

function refusedCode(said: Refusal, { id, headers: asked }: GatewayApiRequest): WalkReply {
  return refusedReply(said, messagesDialect, { asked, requestId: id });
}

function snippetsText(bytes: Uint8Array): string | Refusal {
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind === 'malformed')
    return refusal('malformed_json', `The request body is not valid JSON: ${parsed.detail}`);
  const asked = readSnippetRequest(parsed.value);
  if (asked.kind === 'refusal') return asked;
  return JSON.stringify({ snippets: snippetsFor(asked.request, asked.options) });
}
