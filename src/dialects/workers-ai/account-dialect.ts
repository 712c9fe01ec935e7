import type { Refusal } from '../../messages/errors.ts';
import { errorEvent } from '../../messages/errors.ts';
import type { ParsedJson } from '../../std/json.ts';
import { parseJson, textOf } from '../../std/json.ts';
import type { JsonSpan } from '../../std/scan-json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import type { DecodedCall, Dialect, IncomingCall } from '../dialect.ts';
import { modelInBody } from '../model-place.ts';
import { composeBody } from './compose-body.ts';
import { decodeRun, malformed } from './decode-run.ts';
import { accountEnvelope, encodeAccountError } from './encode-account-error.ts';
import { invalidValue } from './invalid-value.ts';
import { readCredentials } from './read-credentials.ts';
import { runReplyHeaders } from './run-reply-headers.ts';

/** The account's API: the same runs, whose answers in one piece stand in an envelope; Workers reference §2. */
export const accountDialect: Dialect = {
  name: 'workers-ai',
  callerForm: 'workers-ai',
  readCredentials,
  modelPlace: {
    read: (call) => call.target.params['model'] ?? modelInBody.read(call),
    write: (call, name) => {
      const { params } = call.target;
      if (params['model'] === undefined) return modelInBody.write(call, name);
      return { ...call, target: { ...call.target, params: { ...params, model: name } } };
    },
  },
  decodeRequest: decodeAccountRequest,
  encodeError: encodeAccountError,
  encodeErrorEvent: (said, requestId) => Buffer.from(errorEvent(said, requestId)),
  replyHeaders: runReplyHeaders,
};

/**
 * Workers reference §2.1: where the path names the model, the body is its inputs and may have
 * options among them; where it does not, the body has `model` and `input`.
 */
function decodeAccountRequest(call: IncomingCall): DecodedCall | Refusal {
  const { body } = call;
  const scan = scanJsonObject(body, call.jsonBounds);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  if (scan.kind === 'not-an-object') return invalidValue('', 'expected an object');
  const { members } = scan;
  const options = memberOf(body, members.get('options'));
  if (options?.kind === 'malformed') return malformed(options.detail);
  const asked = { options: options?.value, wrap: accountEnvelope };
  const named = call.target.params['model'];
  if (named !== undefined) {
    const inputs =
      options === undefined ? body : composeBody(body, members, new Map([['options', undefined]]));
    return decodeRun({ model: named, inputs, ...asked }, call);
  }
  const model = memberOf(body, members.get('model'));
  if (model?.kind === 'malformed') return malformed(model.detail);
  if (typeof model?.value !== 'string') return invalidValue('model', 'required, a string');
  const input = members.get('input');
  if (input === undefined) return invalidValue('input', 'required');
  const inputs = body.subarray(input.start, input.end);
  return decodeRun({ model: model.value, inputs, ...asked }, call);
}

function memberOf(body: Uint8Array, span: JsonSpan | undefined): ParsedJson | undefined {
  return span === undefined ? undefined : parseJson(textOf(body, span.start, span.end));
}
