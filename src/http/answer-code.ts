import { readSnippetRequest } from '../catalog/snippets/read-snippet-request.ts';
import { snippetsFor } from '../catalog/snippets/snippets-for.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import type { GatewayApi, GatewayApiRequest } from '../gateway/gateway-api.ts';
import type { WalkReply } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { parseJson, textOf } from '../std/json.ts';
import { refusedReply } from './edge-reply.ts';

/** Where the code for a request is asked for. */
export const CODE_PATH = '/models/code';
const methods: readonly string[] = ['POST'];
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * `POST /models/code`: `{form, model, body, base_url?}` in, `{snippets}` out. The playground shows
 * with it what a form would send. It asks for no key: nothing but what was sent is in the answer.
 */
export const codeApi: GatewayApi = {
  methodsAt: (path) => (path === CODE_PATH ? methods : []),
  answer: answerCode,
};

async function answerCode({ id, headers: asked, body }: GatewayApiRequest): Promise<WalkReply> {
  const read = await body.read(BODY_BYTES_MAX);
  const snippets = isRefusal(read) ? read : snippetsText(read);
  if (typeof snippets !== 'string') {
    return refusedReply(snippets, messagesDialect, { asked, requestId: id });
  }
  const own = messagesDialect.replyHeaders(asked, id);
  const headers = ['content-type', 'application/json', 'cache-control', 'no-store', ...own];
  return { status: 200, headers, body: Buffer.from(snippets) };
}

function snippetsText(bytes: Uint8Array): string | Refusal {
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind === 'malformed')
    return refusal('malformed_json', `The request body is not valid JSON: ${parsed.detail}`);
  const asked = readSnippetRequest(parsed.value);
  if (asked.kind === 'refusal') return asked;
  return JSON.stringify({ snippets: snippetsFor(asked.request, asked.options) });
}
