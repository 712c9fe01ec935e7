import type { GatewayCall, GatewayStep } from '../../ai-gateway-form/gateway-call.ts';
import { gatewayIdPattern } from '../../ai-gateway-form/gateway-call.ts';
import { exposing, gatewayReplyHeaders } from '../../ai-gateway-form/gateway-reply-headers.ts';
import { ignoredHeaders, readGatewayHeaders } from '../../ai-gateway-form/read-gateway-headers.ts';
import { unknownGateway } from '../../ai-gateway-form/read-gateway-id.ts';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { AnswerEncoder, DecodedCall, Dialect, IncomingCall } from '../dialect.ts';
import { encodeHostError } from './encode-host-error.ts';
import { refuseServiceModel } from './find-run-model.ts';
import { hasOwnToken, readHostCredentials, readProviderKey } from './read-host-credentials.ts';
import { refuseOwnKey } from './refuse-own-key.ts';
import { IGNORED_OPTIONS_HEADER, namesHeader } from './run-headers.ts';

/** How a provider's form is asked for through a gateway's URLs. */
export interface HostForm {
  /**
   * What the usual headers hold: a key for the provider as it goes there, one for the provider in
   * another form's header, or the account's own, where the provider is this account.
   */
  readonly usualHeaders: 'provider-key' | 'translated-key' | 'account-key';
  /** Which step it is of a request that was authenticated as a whole. */
  readonly step?: GatewayStep;
}

/** What pages in browsers may read besides what the form itself has. */
const hostHeaders = [...gatewayReplyHeaders, IGNORED_OPTIONS_HEADER];

/**
 * A provider's own form below a gateway's URL (Workers reference §3.1): requests and answers are the
 * provider's, errors too, but for what the gateway itself refuses.
 */
export function asHostForm(native: Dialect, form: HostForm): Dialect {
  return {
    ...native,
    readCredentials: readHostCredentials,
    decodeRequest: (call) => decodeHostRequest(call, native, form),
    encodeError: (said, requestId) =>
      said.saidBy === 'provider' ? native.encodeError(said, requestId) : encodeHostError(said),
    replyHeaders: (asked, requestId) => [
      ...exposing(native.replyHeaders(asked, requestId), hostHeaders),
      ...namesHeader(IGNORED_OPTIONS_HEADER, ignoredHeaders(asked)),
    ],
  };
}

function decodeHostRequest(
  call: IncomingCall,
  native: Dialect,
  form: HostForm,
): DecodedCall | Refusal {
  const gateway = readHostGateway(call, form);
  if (isRefusal(gateway)) return gateway;
  return asHosted(native.decodeRequest(call), gateway);
}

function asHosted(decoded: DecodedCall | Refusal, gateway: GatewayCall): DecodedCall | Refusal {
  if (isRefusal(decoded)) return byProvider(decoded);
  const { encoder, dynamicRoute } = decoded;
  if (dynamicRoute !== undefined) {
    const forModel = (name: string): DecodedCall | Refusal =>
      asHosted(dynamicRoute.forModel(name), gateway);
    return { ...decoded, gateway, dynamicRoute: { ...dynamicRoute, forModel } };
  }
  const unserved = decoded.model === undefined ? undefined : refuseServiceModel(decoded.model);
  if (unserved !== undefined) return unserved;
  return encoder === undefined
    ? { ...decoded, gateway, refuseError: byProvider }
    : { ...decoded, gateway, encoder: providersEncoder(encoder) };
}

function readHostGateway(
  { target, headers }: IncomingCall,
  { usualHeaders, step }: HostForm,
): GatewayCall | Refusal {
  const id = target.params['gateway'] ?? '';
  if (!gatewayIdPattern.test(id)) return unknownGateway(id);
  const read = readGatewayHeaders(headers);
  if (isRefusal(read)) return { ...read, reason: read.reason ?? 'gateway_option_invalid' };
  const isAccounts = usualHeaders === 'account-key';
  const hasToken = step !== undefined || hasOwnToken(headers);
  const key = hasToken && !isAccounts ? readProviderKey(headers) : undefined;
  return {
    id,
    options: read.options,
    isAuthenticated: hasToken || isAccounts,
    ...(step === undefined ? {} : { step }),
    ...(key === undefined
      ? {}
      : { providerKey: usualHeaders === 'provider-key' ? key : { key: key.key } }),
  };
}

/** What an encoder refuses is what the provider said. */
function providersEncoder(encoder: AnswerEncoder): AnswerEncoder {
  return {
    ...encoder,
    refuseAnswer: (answer) => byProvider(refuseOwnKey(answer) ?? encoder.refuseAnswer(answer)),
    refuseError: (said) => byProvider(encoder.refuseError(said)),
  };
}

function byProvider(said: Refusal): Refusal {
  return { ...said, saidBy: 'provider' };
}
