import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describePublicRoutes } from '../../src/describe-public-routes.ts';
import { referenceCurl } from '../../src/pages/reference-curl.ts';
import type { ReferenceOperation } from '../../src/pages/reference-operations.ts';
import { referenceOperations } from '../../src/pages/reference-operations.ts';
import type { JsonObject } from '../../src/std/json.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { schemaChecks } from '../support/openapi-shape.ts';
import { sendRaw } from '../support/post.ts';
import type { CurlAnswer, CurlShell } from '../support/run-curl.ts';
import { openCurlShell } from '../support/run-curl.ts';

/**
 * Every operation is asked for with the command of its own page, on a gateway with the emulator, and
 * what it answers is held to the description.
 */

const description = describePublicRoutes();
const operations = referenceOperations(description).filter(({ sameAs }) => sameAs === undefined);
const check = schemaChecks(description);

/** One command: what it needs besides its page, and what is kept of its answer for later ones. */
interface Step {
  readonly id: string;
  /** The status that a refusal has; it succeeds where absent. */
  readonly refused?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly key?: 'own' | 'management';
  readonly body?: object;
  readonly keep?: (answer: JsonObject) => Readonly<Record<string, unknown>>;
  /** Asked again until it is so. */
  readonly until?: (answer: JsonObject) => boolean;
}

const at = (answer: JsonObject, ...way: readonly (string | number)[]): unknown =>
  way.reduce<unknown>((value, name) => (value as Record<string | number, unknown>)[name], answer);
const idAs =
  (name: string, ...way: readonly (string | number)[]) =>
  (answer: JsonObject): Readonly<Record<string, unknown>> => ({ [name]: at(answer, ...way) });
const step = (id: string, more: Omit<Step, 'id'> = {}): Step => ({ id, ...more });
const refused = (id: string, status: number, more: Omit<Step, 'id'> = {}): Step => ({
  id,
  refused: status,
  ...more,
});
const order = { IDEMPOTENCY_KEY: 'order' };
const own = { key: 'own' } as const;
const managed = { key: 'management' } as const;

const ofMessages: readonly Step[] = [
  step('createMessage'),
  step('countTokens'),
  // The emulator does not have it.
  refused('createCompletion', 404),
  step('createMessageBatch', { keep: idAs('ID', 'id') }),
  step('listMessageBatches'),
  step('getMessageBatch', { until: (answer) => answer['processing_status'] === 'ended' }),
  step('getMessageBatchResults'),
  refused('cancelMessageBatch', 400),
  step('deleteMessageBatch'),
  step('listModels'),
  step('getModel'),
  step('uploadFile', { keep: idAs('ID', 'id') }),
  step('listFiles'),
  step('getFile'),
  // Only what a tool made is given back.
  refused('getFileContent', 400),
  step('deleteFile'),
];

const ofOtherForms: readonly Step[] = [
  step('createChatCompletion'),
  step('listChatModels'),
  step('getChatModel'),
  step('getChatModelByOldPath'),
  step('runForBinding'),
  step('runNamedModel'),
  step('runModel'),
  step('createMessageOfAccount'),
  step('createChatCompletionOfAccount'),
  step('countTokensOfAccount'),
  step('createMessageThroughGateway'),
  step('countTokensThroughGateway'),
  step('listModelsThroughGateway'),
  step('getModelThroughGateway'),
  refused('createCompletionThroughGateway', 404),
  step('createChatCompletionThroughGateway'),
  step('runModelThroughGateway'),
  step('runUniversal'),
  step('runUniversalForBinding'),
  step('searchWorkersAiModels'),
  step('searchModelsForBinding'),
  step('getWorkersAiSchema'),
  step('listCatalogModels'),
  step('getCatalogModel'),
  step('getCatalogSchema'),
  step('listAuthors'),
  step('listTasks'),
];

const ofGateways: readonly Step[] = [
  step('createGateway'),
  step('listGateways'),
  step('getGateway'),
  step('getGatewayUrl'),
  step('getGatewayUrlForBinding'),
  step('listGatewayLogs', {
    until: (answer) => (answer['result'] as readonly unknown[]).length > 0,
    keep: idAs('LOG', 'result', 0, 'id'),
  }),
  step('getGatewayLog'),
  step('patchGatewayLog'),
  step('getLoggedRequest'),
  step('getLoggedResponse'),
  step('getGatewayLogForBinding'),
  step('patchGatewayLogForBinding'),
  step('countGatewayLogs'),
  step('createProviderKey', { keep: idAs('KEY', 'result', 'id') }),
  step('listProviderKeys'),
  step('replaceProviderKey'),
  step('deleteProviderKey'),
  step('createDynamicRoute', { keep: idAs('ROUTE', 'result', 'id') }),
  step('listDynamicRoutes'),
  step('getDynamicRoute'),
  step('renameDynamicRoute'),
  step('createRouteVersion', { keep: idAs('VERSION', 'result', 'version', 'version_id') }),
  step('listRouteVersions'),
  step('getRouteVersion'),
  step('deployRouteVersion'),
  step('listRouteDeployments'),
  step('deleteDynamicRoute'),
  step('createAccessPolicy', { keep: idAs('POLICY', 'result', 'id') }),
  step('listAccessPolicies'),
  step('getAccessPolicy'),
  step('replaceAccessPolicy'),
  step('deleteAccessPolicy'),
  step('deleteGatewayLogs'),
  step('replaceGateway'),
  step('deleteGateway'),
];

const ofAccounts: readonly Step[] = [
  step('getOwnKeyItself', own),
  step('getOwnWallet', own),
  step('listOwnTransactions', own),
  step('listOwnRequests', {
    until: (answer) => (answer['data'] as readonly unknown[]).length > 0,
    keep: idAs('REQUEST', 'data', 0, 'id'),
  }),
  step('getOwnRequest'),
  step('countOwnUsage', { ...own, env: { FROM: '2026-01-01', TO: '2026-01-31' } }),
  step('getOwnInvoice', { ...own, env: { MONTH: '2026-01' } }),
  step('getPricing'),
  // Nobody has set up payments.
  refused('createTopUp', 404, { ...managed, env: order, body: { amount_nano: '5000000000' } }),
  step('listTopUps', managed),
  refused('getTopUp', 404, { ...managed, env: { INTENT: 'none' } }),
  refused('receivePaymentEvent', 404, { env: { PROVIDER: 'none' } }),
  step('createOwnKey', { ...managed, body: { name: 'made' }, keep: idAs('KEY', 'id') }),
  step('listOwnKeys', managed),
  step('getOwnKey', managed),
  step('changeOwnKey', { ...managed, body: { name: 'changed' } }),
  step('disableOwnKey', managed),
  step('enableOwnKey', managed),
  step('rotateOwnKey', { ...managed, keep: idAs('KEY', 'id') }),
  step('revokeOwnKey', managed),
];

const ofReaders: readonly Step[] = [
  step('writeSnippets'),
  ...operations
    .filter(({ tag, id }) => (tag === 'catalog' && id !== 'writeSnippets') || tag === 'health')
    .map(({ id }) => step(id)),
];

const groups: readonly (readonly [name: string, steps: readonly Step[]])[] = [
  ['the Messages API', ofMessages],
  ['other forms', ofOtherForms],
  ['gateways', ofGateways],
  ['accounts', ofAccounts],
  ['pages and health', ofReaders],
];

let gateway: AdministeredGateway;
let shell: CurlShell;
const keys: Record<'own' | 'management', string> = { own: '', management: '' };
let kept: Record<string, string> = {};

beforeAll(async () => {
  gateway = await startAdministeredGateway();
  shell = openCurlShell();
  await gateway.order('/admin/v1/accounts', { id: 'reader', name: 'reader', plan: 'prepaid' });
  await gateway.order('/admin/v1/wallets/reader/open');
  for (const [name, kind] of [
    ['own', 'inference'],
    ['management', 'management'],
  ] as const) {
    const made = await gateway.order('/admin/v1/keys', { account: 'reader', name, kind });
    keys[name] = textIn(made, 'key');
  }
});
afterAll(async () => {
  shell.close();
  await gateway.stop();
});

test('every operation is asked for', () => {
  const asked = groups.flatMap(([, steps]) => steps.map(({ id }) => id));
  expect(new Set(asked)).toEqual(new Set(operations.map(({ id }) => id)));
});

describe.each(groups)('%s', (_name, steps) => {
  test.each(steps)('$id', async (asked) => {
    const operation = operations.find(({ id }) => id === asked.id);
    if (operation === undefined) throw new Error(asked.id);
    const answer = await ask(operation, asked);
    expect(faultOf(operation, answer, asked.refused)).toBeUndefined();
    if (asked.keep !== undefined) {
      const found = Object.entries(asked.keep(JSON.parse(answer.text) as JsonObject));
      kept = {
        ...kept,
        ...Object.fromEntries(found.map(([name, value]) => [name, String(value)])),
      };
    }
  });
});

async function ask(operation: ReferenceOperation, asked: Step): Promise<CurlAnswer> {
  const env = {
    QUATRAIN_BASE_URL: gateway.url,
    QUATRAIN_API_KEY: asked.key === undefined ? gateway.key : keys[asked.key],
    ...kept,
    ...asked.env,
  };
  for (;;) {
    const answer = await shell.run(referenceCurl(operation), env, asked.body ?? bodyOf(asked.id));
    const { until } = asked;
    if (until === undefined || answer.status !== 200) return answer;
    if (until(JSON.parse(answer.text) as JsonObject)) return answer;
  }
}

/** What a command sends that has no example of its own. */
function bodyOf(id: string): object {
  return id === 'deployRouteVersion' ? { version_id: kept['VERSION'] } : {};
}

/** Why an answer is none that the description has. */
function faultOf(
  operation: ReferenceOperation,
  { status, type, text }: CurlAnswer,
  wanted: number | undefined,
): string | undefined {
  if (wanted !== undefined) {
    if (status !== wanted) return `${String(status)}: ${text}`;
    const way = 'content/application~1json/schema';
    const schema = { $ref: `#/components/responses/${operation.errors ?? ''}/${way}` };
    return check(schema, JSON.parse(text));
  }
  const described = operation.answers.find((one) => one.status === String(status));
  if (described === undefined) return `${String(status)}: ${text}`;
  const content = described.contents.find((one) => one.type === type);
  if (content === undefined) return `${type} is not described`;
  if (text === '') return 'nothing was answered';
  if (content.schema === undefined) return undefined;
  const values = type === 'application/x-jsonl' ? text.trim().split('\n') : [text];
  const { schema } = content;
  return values
    .map((value) => check(schema, JSON.parse(value)))
    .find((fault) => fault !== undefined);
}

const streams = [
  ['/v1/messages', 'MessageEvent', { model: 'claude-sonnet-4-6', max_tokens: 64 }],
  ['/v1/chat/completions', 'ChatCompletionChunk', { model: 'claude-sonnet-4-6' }],
] as const;

test.each(streams)('every event of a stream of %s is a %s', async (path, name, body) => {
  const messages = [{ role: 'user', content: 'Hello!' }];
  const answer = await sendRaw(`${gateway.url}${path}`, {
    headers: gateway.headers,
    body: JSON.stringify({ ...body, messages, stream: true }),
  });
  const events = [...answer.body.toString().matchAll(/^data: (\{.*\})$/gm)];
  expect(events.length).toBeGreaterThan(4);
  for (const [, data = ''] of events) {
    expect(check({ $ref: `#/components/schemas/${name}` }, JSON.parse(data))).toBeUndefined();
  }
});
