import type { AiOptions } from './ai-types.ts';
import { AiInternalError } from './binding-errors.ts';
import type { GatewayCall } from './gateway-call.ts';
import type { HeaderLists } from './merge-headers.ts';

/** What a caller of `run` gave; inputs are the gateway's to judge. */
export interface AskedRun {
  readonly model: string;
  readonly inputs: object;
  readonly options: AiOptions;
}

/** An input whose content is the request's body. */
interface StreamInput {
  readonly body?: ReadableStream | FormData;
  readonly contentType?: string;
}

/** Forms the request that the binding sends for a run: JSON, a stream, or an upgrade (§1.1, §1.2). */
export function runCall(run: AskedRun): GatewayCall {
  const { prefix, extraHeaders, sessionOptions, signal, ...options } = run.options;
  const model = {
    'cf-consn-sdk-version': '2.0.0',
    'cf-consn-model-id': prefix ? `${prefix}:${run.model}` : run.model,
  };
  // What is fixed comes last: a caller cannot override it.
  const headers = (fixed: object): HeaderLists => [
    sessionOptions?.extraHeaders,
    extraHeaders,
    fixed,
    model,
  ];
  if (options.websocket) {
    const query = new URLSearchParams({ version: '3', body: bodyOf(run.inputs, options) });
    const target = `/run?${query.toString()}`;
    const upgraded = headers({ upgrade: 'websocket' });
    return { method: 'GET', target, headers: upgraded, signal, isUpgrade: true };
  }
  const key = streamKeyOf(run.inputs);
  if (key !== undefined) {
    const { body, contentType } = streamInput(run, key);
    return {
      method: 'POST',
      target: streamTarget(run.inputs, options, key),
      headers: headers({ 'content-type': contentType }),
      body,
      signal,
    };
  }
  return {
    method: 'POST',
    target: options.gateway?.id ? '/ai-gateway/run?version=3' : '/run?version=3',
    headers: headers({ 'content-type': 'application/json' }),
    body: bodyOf(run.inputs, options),
    signal,
  };
}

/** Whether a run's input is a stream; a gateway that was only a default does not stand in its way. */
export function hasStreamInput(inputs: object): boolean {
  return streamKeysOf(inputs).length > 0;
}

function bodyOf(inputs: object, options: object): string {
  return JSON.stringify({ inputs, options });
}

function streamKeysOf(inputs: object): readonly string[] {
  return Object.entries(inputs)
    .filter(([, value]: [string, unknown]) => isBody(value) || isBody(bodyIn(value)))
    .map(([key]) => key);
}

function streamKeyOf(inputs: object): string | undefined {
  const keys = streamKeysOf(inputs);
  if (keys.length > 1)
    throw new AiInternalError(
      `Multiple ReadableStreams are not supported. Found streams in keys: [${keys.join(', ')}]`,
    );
  return keys[0];
}

function streamInput(run: AskedRun, key: string): Required<StreamInput> {
  if (run.options.gateway?.id)
    throw new AiInternalError('AI Gateway does not support ReadableStreams yet.');
  const { body, contentType } = (run.inputs as Readonly<Record<string, StreamInput>>)[key] ?? {};
  // A bare stream has no place for its type, so it ends here too.
  if (!contentType || body === undefined)
    throw new AiInternalError('Content-Type is required with ReadableStream inputs');
  return { body, contentType };
}

/** Everything but the stream itself goes in the query; options are printed as they are. */
function streamTarget(inputs: object, options: object, key: string): string {
  const query = new URLSearchParams();
  const { [key]: _stream, ...userInputs } = inputs as Readonly<Record<string, unknown>>;
  const parameters: Readonly<Record<string, unknown>> = {
    ...options,
    version: '3',
    userInputs: JSON.stringify(userInputs),
  };
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  return `/run?${query.toString()}`;
}

function bodyIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'body' in value ? value.body : undefined;
}

function isBody(value: unknown): boolean {
  return value instanceof ReadableStream || value instanceof FormData;
}
