import type { ScriptedReply } from './recording-server.ts';

/** A call of env.AI, as code that a Worker could have, and what the gateway says to it. */
export interface BindingCall {
  readonly name: string;
  readonly code: string;
  readonly reply?: ScriptedReply;
  /** Not every fetch can do it. */
  readonly isUpgrade?: true;
}

const json = { 'content-type': 'application/json' };
const message = { id: 'msg_1', type: 'message', content: [{ type: 'text', text: 'hi' }] };
const answered: ScriptedReply = { headers: json, body: message };
const model = "'anthropic/claude-sonnet-4.6'";
const inputs = "{ messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 }";
const run = (more = ''): string => `return AI.run(${model}, ${inputs}${more})`;

const gatewayOptions = `{ id: 'x', skipCache: false, cacheTtl: 123, cacheKey: 'k', metadata: { a: 1, b: null, c: 'é' },
  collectLog: true, eventId: 'e', requestTimeoutMs: 9, retries: { maxAttempts: 2, retryDelayMs: 3, backoff: 'constant' } }`;
const step =
  "{ provider: 'anthropic', endpoint: 'v1/messages', headers: { a: 1, b: true, c: { d: 1 }, e: 'f' }, query: { g: 1 } }";
const audio =
  "{ body: new Blob(['abc']).stream(), contentType: 'audio/mpeg' }, detect_language: true";
const file = "{ name: 'a.txt', blob: new Blob(['é'], { type: 'text/plain' }) }";
const log = { id: 'l', created_at: '2026-11-17T08:00:00.000Z' };
const refusal = (message?: string): object => ({ success: false, errors: [{ code: 7, message }] });

const runs: readonly BindingCall[] = [
  { name: 'plain', code: run() },
  { name: 'with a gateway', code: run(", { gateway: { id: 'default', cacheTtl: 60 } }") },
  { name: 'with an empty gateway', code: run(", { gateway: { id: '' } }") },
  { name: 'with a prefix', code: run(", { prefix: 'pp', tags: ['a', 'b'], example: 123 }") },
  { name: 'with an empty prefix', code: run(", { prefix: '' }") },
  {
    name: 'with headers',
    code: run(`, { extraHeaders: { 'x-a': 'b', 'cf-aig-zdr': 'true', 'content-type': 'x/y', 'cf-consn-model-id': 'o' },
      sessionOptions: { extraHeaders: { 'x-a': 'older', 'x-s': 's' } } }`),
  },
  {
    name: 'with credentials of its own',
    code: run(
      ", { extraHeaders: { authorization: 'Bearer o', 'x-api-key': 'o', 'cf-aig-authorization': 'o' } }",
    ),
  },
  { name: 'a name that is not ASCII', code: `return AI.run('anthropic/clàude-猫', ${inputs})` },
  { name: 'raw', code: run(', { returnRawResponse: true }'), reply: { status: 400, body: 'no' } },
  // Each runtime words it in its own way.
  {
    name: 'aborted',
    code: `${run(', { signal: AbortSignal.abort() }')}.catch(({ name }) => ({ name }))`,
  },
  { name: 'a bigint', code: run(', { gateway: { id: "g", metadata: { n: 1n } } }') },
  { name: 'a stream input', code: `return AI.run('@cf/openai/whisper', { audio: ${audio} })` },
  {
    name: 'a stream input with options',
    code: `return AI.run('@cf/openai/whisper', { audio: ${audio} }, { tags: ['a', 'b'], rejectIfBusy: true, gateway: {} })`,
  },
  {
    name: 'a stream input with a gateway',
    code: `return AI.run('@cf/openai/whisper', { audio: ${audio} }, { gateway: { id: 'g' } })`,
  },
  { name: 'a bare form', code: "return AI.run('@cf/a/b', { form: new FormData() })" },
  {
    name: 'two stream inputs',
    code: "return AI.run('@cf/a/b', { a: new FormData(), b: { body: new FormData() } })",
  },
  {
    name: 'a WebSocket',
    code: run(", { websocket: true, gateway: { id: 'g' } }"),
    isUpgrade: true,
  },
];

/** What a run makes of answers, by what they are. */
const answers: Readonly<Record<string, ScriptedReply>> = {
  'a head': { ...answered, headers: { ...json, 'cf-aig-log-id': 'L', 'cf-ai-req-id': 'R' } },
  'a charset': { ...answered, headers: { 'content-type': 'application/json; charset=utf-8' } },
  'a stream': { headers: { 'content-type': 'text/event-stream' }, body: 'event: a\ndata: 1\n\n' },
  'no type': { body: 'x' },
  'no content': { status: 204 },
  'broken JSON': { headers: json, body: '{"id":' },
  'a coded refusal': {
    status: 400,
    body: { internalCode: 1001, name: 'InvalidInput', description: 'd' },
  },
  'a coded refusal without a name': { status: 400, body: { internalCode: 1, description: 'd' } },
  'a listed refusal': { status: 401, body: { errors: [{ code: 2009, message: 'Unauthorized' }] } },
  'an empty list': { status: 401, body: { errors: [] } },
  'a singular list': { status: 401, body: { error: [{ code: 2009 }] } },
  'a text': { status: 502, body: 'Bad gateway' },
  'an empty refusal': { status: 500 },
};

const others: readonly BindingCall[] = [
  {
    name: 'an address',
    code: "return AI.gateway('g').getUrl('anthropic')",
    reply: { body: { result: { url: 'u' } } },
  },
  {
    name: 'an address refused',
    code: "return AI.gateway('g').getUrl()",
    reply: { status: 500, body: refusal() },
  },
  { name: 'a log', code: "return AI.gateway('g').getLog('l')", reply: { body: { result: log } } },
  {
    name: 'a log that is not there',
    code: "return AI.gateway('g').getLog('l')",
    reply: { status: 404, body: refusal() },
  },
  {
    name: 'a log refused in text',
    code: "return AI.gateway('g').getLog('l')",
    reply: { status: 404, body: 'no' },
  },
  {
    name: 'a log patched',
    code: "return AI.gateway('g').patchLog('l', { feedback: -1, score: 1, metadata: { a: 'b' } })",
  },
  {
    name: 'a log patched with 201',
    code: "return AI.gateway('g').patchLog('l', {})",
    reply: { status: 201, body: refusal('created') },
  },
  {
    name: 'a step',
    code: `return AI.gateway('g').run(${step})`,
    reply: { status: 500, body: 'no' },
  },
  {
    name: 'steps with options',
    code: `return AI.gateway('g').run([${step}], { gateway: ${gatewayOptions}, extraHeaders: { 'x-custom': 's' } })`,
  },
  {
    name: 'steps that say zero',
    code: `return AI.gateway('g').run([${step}], { gateway: { cacheTtl: 0, requestTimeoutMs: 0, skipCache: true, eventId: '' } })`,
  },
  {
    name: 'models',
    code: "return AI.models({ search: 'a b', per_page: 3 })",
    reply: { body: { result: [{ id: 'm' }] } },
  },
  {
    name: 'models without parameters',
    code: 'return AI.models()',
    reply: { body: { result: [] } },
  },
  {
    name: 'models refused',
    code: 'return AI.models()',
    reply: { status: 403, body: refusal('no') },
  },
  {
    name: 'files',
    code: `return AI.toMarkdown([${file}], { extraHeaders: { 'x-a': 'b' }, conversionOptions: {} })`,
    reply: { body: { result: [{ name: 'a.txt' }] } },
  },
  {
    name: 'a file',
    code: `return AI.toMarkdown().transform(${file})`,
    reply: { body: { result: [{ name: 'a.txt' }] } },
  },
  {
    name: 'a file without a result',
    code: `return AI.toMarkdown(${file})`,
    reply: { body: { result: [] } },
  },
  {
    name: 'a file refused',
    code: `return AI.toMarkdown(${file})`,
    reply: { status: 400, body: refusal('too large') },
  },
  {
    name: 'formats',
    code: 'return AI.toMarkdown().supported()',
    reply: { body: { result: [{ extension: '.pdf' }] } },
  },
  {
    name: 'any request',
    code: "return AI.fetch('https://workers-binding.ai/run?version=2', { method: 'POST', body: 'x', headers: { 'x-a': 'b' } })",
  },
  { name: 'the logs of the object', code: 'return AI.getLogs()' },
];

/** Calls in each of their forms, and answers of each kind. */
export const bindingCalls: readonly Required<
  Omit<BindingCall, 'isUpgrade'> & { isUpgrade: boolean }
>[] = [
  ...runs,
  ...Object.entries(answers).map(([name, reply]) => ({
    name: `answered by ${name}`,
    code: run(),
    reply,
  })),
  ...others,
].map((call: BindingCall) => ({ reply: answered, ...call, isUpgrade: call.isUpgrade === true }));

/** The code of a call with what comes of it: result or error, and the fields that show the answer. */
export function withOutcome(code: string): string {
  return `const { AI } = env;
const shown = async (result) =>
  result instanceof ReadableStream ? { stream: await new Response(result).text() }
  : result instanceof Response ? { status: result.status, text: await result.text() }
  : { value: result === undefined ? 'nothing' : result };
const outcome = {};
try {
  outcome.result = await shown(await (async () => { ${code} })());
} catch (error) {
  outcome.error = { class: error.constructor.name, name: error.name, message: error.message };
}
const { aiGatewayLogId, lastRequestId, lastRequestHttpStatusCode, lastRequestInternalStatusCode } = AI;
console.log({ ...outcome, latest: { aiGatewayLogId, lastRequestId, lastRequestHttpStatusCode } , lastRequestInternalStatusCode });`;
}
