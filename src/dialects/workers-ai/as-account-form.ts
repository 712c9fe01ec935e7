import { exposing, gatewayReplyHeaders } from '../../ai-gateway-form/gateway-reply-headers.ts';
import { readGatewayHeaders } from '../../ai-gateway-form/read-gateway-headers.ts';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal } from '../../messages/errors.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import type {
  AnswerEncoder,
  DecodedCall,
  Dialect,
  EncodedError,
  HeaderMap,
  IncomingCall,
} from '../dialect.ts';
import { accountErrorEnvelope } from './encode-account-error.ts';
import { readCredentials } from './read-credentials.ts';
import { readAccountGateway } from './read-run-options.ts';
import { refuseOwnKey } from './refuse-own-key.ts';
import { IGNORED_OPTIONS_HEADER, namesHeader } from './run-headers.ts';
import { statusOfReason } from './run-error.ts';
import { runIdHeaders } from './run-reply-headers.ts';

/** What pages in browsers may read besides what the form itself has. */
const accountHeaders = ['cf-ai-req-id', ...gatewayReplyHeaders, IGNORED_OPTIONS_HEADER];

/**
 * Another form where the account's API has it (Workers reference §2.1): its requests and answers
 * are its own, they go through the gateway that their headers name, and errors can be read as those
 * of the account's API too.
 */
export function asAccountForm(
  dialect: Dialect,
  decodeRequest: (call: IncomingCall) => DecodedCall | Refusal,
): Dialect {
  return {
    ...dialect,
    readCredentials,
    decodeRequest(call) {
      const gateway = readAccountGateway(call.headers);
      if (isRefusal(gateway)) return gateway;
      const decoded = decodeRequest(call);
      if (isRefusal(decoded)) return decoded;
      const { encoder } = decoded;
      return encoder === undefined
        ? { ...decoded, gateway }
        : { ...decoded, gateway, encoder: tellingOfOwnKeys(encoder) };
    },
    encodeError: (said, requestId) => withEnvelope(said, dialect.encodeError(said, requestId)),
    replyHeaders: (asked, requestId) => [
      ...exposing(dialect.replyHeaders(asked, requestId), accountHeaders),
      ...runIdHeaders(asked, requestId),
      ...namesHeader(IGNORED_OPTIONS_HEADER, ignoredOptions(asked)),
    ],
  };
}

function tellingOfOwnKeys(encoder: AnswerEncoder): AnswerEncoder {
  return {
    ...encoder,
    refuseAnswer: (answer) => refuseOwnKey(answer) ?? encoder.refuseAnswer(answer),
  };
}

function ignoredOptions(asked: HeaderMap): readonly string[] {
  const read = readGatewayHeaders(asked);
  return isRefusal(read) ? [] : read.ignored;
}

function withEnvelope(said: Refusal, encoded: EncodedError): EncodedError {
  const parsed = parseJson(textOf(encoded.body));
  const own = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
  const body = { ...own, ...accountErrorEnvelope(said) };
  const status = statusOfReason(said) ?? encoded.status;
  return { ...encoded, status, body: Buffer.from(JSON.stringify(body)) };
}
