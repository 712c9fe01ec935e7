import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createKey } from '../../src/access/create-key.ts';
import type { KeyKind } from '../../src/access/key-store.ts';
import { describeRoutes } from '../../src/admin/describe-routes.ts';
import { accountApiRoutes, adminRoutes } from '../../src/admin/routes.ts';
import type { JsonObject, JsonValue } from '../../src/std/json.ts';
import { matchPath } from '../../src/std/match-path.ts';
import { systemClock } from '../../src/std/clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import type { Store } from '../../src/store/open-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { sendRaw } from './post.ts';
import type { TestGateway } from './start-test-gateway.ts';
import { startTestGateway } from './start-test-gateway.ts';

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Parsed, where it is JSON. */
  readonly json: JsonObject;
}

export interface AdminAsking {
  readonly key?: string | undefined;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gateway with an operator's key, and a way to ask its admin API and its accounts' own routes. */
export interface AdministeredGateway extends TestGateway {
  readonly adminKey: string;
  /** Every answer is held to the published description. */
  ask(method: string, path: string, asking?: AdminAsking): Promise<AdminAnswer>;
  /** The same with an idempotency key of its own, and a status that is wanted. */
  order(path: string, body?: object): Promise<JsonObject>;
  /** Makes a key beside the running gateway. */
  makeKey(wanted: { readonly kind: KeyKind; readonly account?: string }): Promise<string>;
  /** The store, opened by a second process as far as it can tell. */
  withStore<Answer>(work: (store: Store) => Promise<Answer>): Promise<Answer>;
}

export async function startAdministeredGateway(
  yaml = '',
  env: Readonly<Record<string, string>> = {},
): Promise<AdministeredGateway> {
  return await administer(await startTestGateway(yaml, env));
}

/** The same of a gateway that runs already. */
export async function administer(gateway: TestGateway): Promise<AdministeredGateway> {
  const withStore: AdministeredGateway['withStore'] = async (work) => {
    const store = await openStore(gateway.dataDir, (reason) => {
      throw new Error(reason);
    });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const makeKey: AdministeredGateway['makeKey'] = ({ kind, account }) =>
    withStore(async (store) => {
      const { keys, pepper } = store;
      const made = await createKey(
        {
          kind,
          environment: 'live',
          name: kind,
          ...(account === undefined ? {} : { accountId: account }),
        },
        { store: keys, pepper, clock: systemClock, random: systemRandom() },
      );
      return made.key.reveal();
    });
  const adminKey = await makeKey({ kind: 'admin' });
  let orders = 0;
  const ask: AdministeredGateway['ask'] = async (method, path, asking = {}) => {
    const isAdmin = path.startsWith('/admin/');
    const { key = isAdmin ? adminKey : gateway.key, body, headers = {} } = asking;
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await sendRaw(`${isAdmin ? gateway.adminUrl : gateway.url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(key === '' ? {} : { 'x-api-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: sent }),
    });
    const text = answer.body.toString();
    const isJson = String(answer.headers['content-type']).startsWith('application/json');
    const json = isJson ? (JSON.parse(text) as JsonObject) : {};
    if (isJson) holdToDescription(method, path, { status: answer.status, json });
    return { status: answer.status, headers: answer.headers, text, json };
  };
  const order: AdministeredGateway['order'] = async (path, body = {}) => {
    orders += 1;
    const headers = { 'idempotency-key': `order-${String(orders)}` };
    const answer = await ask('POST', path, { body, headers });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.json;
  };
  return { ...gateway, adminKey, ask, order, makeKey, withStore };
}

/** A member of an answer that has to be a text. */
export function textIn(json: JsonObject, name: string): string {
  const { [name]: value } = json;
  if (typeof value !== 'string') throw new Error(`${name} is no text: ${JSON.stringify(json)}`);
  return value;
}

const routes = [...adminRoutes, ...accountApiRoutes];
const description = describeRoutes(routes) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: JsonObject;
};

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema?: JsonObject }>> }>
  >;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const compiled = new Map<string, ValidateFunction>();

/** Throws where an answer is not what the description says of it. */
function holdToDescription(
  method: string,
  target: string,
  { status, json }: { readonly status: number; readonly json: JsonValue },
): void {
  const path = target.split('?', 1)[0] ?? '';
  const route = routes.find(
    (candidate) => candidate.method === method && matchPath(candidate.path, path) !== undefined,
  );
  if (route === undefined) return;
  const operation = description.paths[route.path]?.[method.toLowerCase()];
  const isError = status >= 400;
  const response = operation?.responses[isError ? 'default' : String(status)];
  if (response === undefined) {
    throw new Error(`${method} ${path} answers ${String(status)}, which is not described`);
  }
  const schema = response.content['application/json']?.schema;
  if (schema === undefined) return;
  const name = `${route.operationId} ${isError ? 'error' : 'answer'}`;
  const check =
    compiled.get(name) ?? ajv.compile({ ...schema, components: description.components });
  compiled.set(name, check);
  if (check(json)) return;
  const wrong = ajv.errorsText(check.errors);
  throw new Error(`${method} ${path} is not as described: ${wrong}\n${JSON.stringify(json)}`);
}
