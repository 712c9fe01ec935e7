import type { Refusal } from '../../messages/errors.ts';
import { errorEvent, refusal } from '../../messages/errors.ts';
import type { JsonSpan } from '../../std/scan-json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import { parseJson, textOf } from '../../std/json.ts';
import type { DecodedCall, Dialect, IncomingCall } from '../dialect.ts';
import { decodeRun, malformed } from './decode-run.ts';
import { encodeBindingError } from './encode-binding-error.ts';
import { invalidValue } from './invalid-value.ts';
import { readCredentials } from './read-credentials.ts';
import { runReplyHeaders } from './run-reply-headers.ts';

/** The routes that the class behind `env.AI` calls; Workers reference §1.1, routes 1 to 3. */
export const bindingDialect: Dialect = {
  name: 'workers-ai',
  callerForm: 'workers-ai',
  readCredentials,
  modelPlace: {
    read: ({ headers }) => modelOf(headers[MODEL_HEADER]) ?? null,
    write: (call, name) => {
      const value = Buffer.from(name, 'utf8').toString('latin1');
      return { ...call, headers: { ...call.headers, [MODEL_HEADER]: value } };
    },
  },
  decodeRequest: decodeBindingRequest,
  encodeError: encodeBindingError,
  encodeErrorEvent: (said, requestId) => Buffer.from(errorEvent(said, requestId)),
  replyHeaders: runReplyHeaders,
};

const MODEL_HEADER = 'cf-consn-model-id';
/** A routing namespace before the model's name, which means nothing here. */
const namespace = /^[A-Za-z0-9_-]{1,64}:(?=.)/;

/** Workers reference §1.2: the model stands in a header, and the body has inputs and options. */
function decodeBindingRequest(call: IncomingCall): DecodedCall | Refusal {
  if (new URLSearchParams(call.target.query).has('userInputs')) {
    const text = 'Inputs that are streams or forms are not taken: this model reads JSON.';
    return refusal('invalid_request', text, { reason: 'unserved' });
  }
  const model = modelOf(call.headers[MODEL_HEADER]);
  if (model === undefined) {
    const text = `The request lacks the header ${MODEL_HEADER}.`;
    return refusal('invalid_request', text, { reason: 'head_incomplete' });
  }
  const { body } = call;
  const scan = scanJsonObject(body, call.jsonBounds);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  const members: ReadonlyMap<string, JsonSpan> =
    scan.kind === 'object' ? scan.members : new Map<string, JsonSpan>();
  const inputs = members.get('inputs');
  if (inputs === undefined) return invalidValue('inputs', 'required');
  const options = members.get('options');
  const parsed = options && parseJson(textOf(body, options.start, options.end));
  if (parsed?.kind === 'malformed') return malformed(parsed.detail);
  return decodeRun(
    {
      model,
      inputs: body.subarray(inputs.start, inputs.end),
      options: parsed?.value,
      wrap: (result) => result,
    },
    call,
  );
}

/** Node reads headers byte by byte; a name may be more than ASCII (Workers reference §1.2). */
function modelOf(value: string | readonly string[] | undefined): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return Buffer.from(value, 'latin1').toString('utf8').replace(namespace, '');
}
