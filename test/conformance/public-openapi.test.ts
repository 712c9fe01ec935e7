import { describe, expect, test } from 'vitest';
import { accountApiRoutes } from '../../src/admin/routes.ts';
import { apiRoutes } from '../../src/ai-gateway/api-routes.ts';
import { describePublicRoutes } from '../../src/describe-public-routes.ts';
import { chatCompletionsDialect } from '../../src/dialects/chat-completions/chat-completions-dialect.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { messagesDialect } from '../../src/dialects/messages/messages-dialect.ts';
import { accountDialect } from '../../src/dialects/workers-ai/account-dialect.ts';
import { bindingDialect } from '../../src/dialects/workers-ai/binding-dialect.ts';
import { gatewayHostDialect } from '../../src/dialects/workers-ai/gateway-endpoints.ts';
import { edgeRoutes, walkRoutes } from '../../src/http/public-routes.ts';
import { readCatalogQuestion } from '../../src/http/read-catalog-question.ts';
import { readModelsQuestion } from '../../src/http/read-models-question.ts';
import { readPageQuestion } from '../../src/http/read-page-question.ts';
import type { Route } from '../../src/http/routes.ts';
import { routes } from '../../src/http/routes.ts';
import type { ErrorCode } from '../../src/messages/errors.ts';
import { errorTable, refusal } from '../../src/messages/errors.ts';
import { edgeOperations } from '../../src/pages/public-openapi-edge.ts';
import { gatewayPlaces } from '../../src/pages/public-openapi-gateways.ts';
import type { ReferenceOperation } from '../../src/pages/reference-operations.ts';
import { referenceOperations } from '../../src/pages/reference-operations.ts';
import type { JsonObject } from '../../src/std/json.ts';
import { isJsonObject } from '../../src/std/json.ts';
import { openApiFaults, schemaChecks } from '../support/openapi-shape.ts';

/** The description of every public route, against the tables that requests are matched with. */

const description = describePublicRoutes();
const operations = referenceOperations(description);
const check = schemaChecks(description);

const placeOf = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `${method} ${path.replaceAll('…}', '}')}`;

test('it is OpenAPI 3.1', () => {
  expect(openApiFaults(description)).toEqual([]);
});

test('it has every route of every table, and nothing else', () => {
  const tables = [...routes, ...apiRoutes, ...accountApiRoutes, ...edgeRoutes()];
  const places = new Set(tables.map((route) => placeOf(route)));
  expect(places.size).toBeGreaterThan(120);
  expect(new Set(operations.map((operation) => placeOf(operation)))).toEqual(places);
});

test('what is described and no longer routed is found too', () => {
  const gateways = new Set(apiRoutes.map(({ method, path }) => `${method} ${path}`));
  expect(new Set(gatewayPlaces)).toEqual(gateways);
  const edges = edgeRoutes().map(({ method, path }) => `${method} ${path}`);
  expect(new Set(edgeOperations.keys())).toEqual(new Set(edges));
});

test('a route that nobody has described is a fault', () => {
  const [first] = routes;
  const strange = { ...first, path: '/v2/messages', dialect: { ...messagesDialect } } as Route;
  expect(() => walkRoutes([strange])).toThrow('POST /v2/messages is described');
});

test('what answers before the walk answers at the paths that are described', () => {
  const filled = (path: string): string =>
    path.replace('{form}', 'messages').replaceAll(/\{[a-z]+…?\}/g, 'anything');
  const asked = { accept: 'text/html' };
  const unread = edgeRoutes()
    .filter(({ operation }) => ['catalog', 'workers-ai-catalog'].includes(operation.tag))
    .map(({ method, path }) => ({ method, path: filled(path) }))
    .filter(({ method, path }) => method === 'GET' && !/reference|openapi/.test(path))
    .filter(
      ({ path }) =>
        readCatalogQuestion(path) === undefined &&
        readPageQuestion(path) === undefined &&
        readModelsQuestion(path, asked) === undefined,
    );
  expect(unread).toEqual([]);
});

test('operations have ids of their own, and parameters for all of their paths', () => {
  const ids = operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, parameters } of operations) {
    const places = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    const described = parameters.filter(({ place }) => place === 'path').map(({ name }) => name);
    expect([path, described]).toEqual([path, places]);
  }
});

test('no two paths differ by the names of their places alone', () => {
  const shapes = new Set(operations.map(({ path }) => path.replaceAll(/\{[^}]+\}/g, '{}')));
  expect(shapes.size).toBe(new Set(operations.map(({ path }) => path)).size);
});

test('further paths of an operation name one that there is', () => {
  const ids = new Set(operations.map(({ id }) => id));
  const lost = operations.filter(({ sameAs }) => sameAs !== undefined && !ids.has(sameAs));
  expect(lost).toEqual([]);
});

function contentsOf({ body, answers }: ReferenceOperation): ReferenceOperation['body'] {
  return [...body, ...answers.flatMap(({ contents }) => contents)];
}

test('every schema can be checked by, and every example holds', () => {
  const { components = {} } = description;
  const schemas = isJsonObject(components) ? components['schemas'] : undefined;
  const named = Object.keys(schemas !== undefined && isJsonObject(schemas) ? schemas : {});
  expect(named.length).toBeGreaterThan(50);
  for (const name of named) check({ $ref: `#/components/schemas/${name}` }, {});
  const examples = operations.flatMap((operation) =>
    contentsOf(operation).flatMap(({ schema, example }) =>
      schema === undefined || example === undefined ? [] : [{ id: operation.id, schema, example }],
    ),
  );
  expect(examples.length).toBeGreaterThan(25);
  for (const { id, schema, example } of examples) {
    expect([id, check(schema, example)]).toEqual([id, undefined]);
  }
});

test('every schema of the components is used', () => {
  const text = JSON.stringify(description);
  const { components = {} } = description;
  const schemas = isJsonObject(components) ? (components['schemas'] as JsonObject) : {};
  const unused = Object.keys(schemas).filter(
    (name) => !text.includes(`"#/components/schemas/${name}"`),
  );
  expect(unused).toEqual([]);
});

const speakers: readonly (readonly [envelope: string, dialect: Dialect])[] = [
  ['MessagesError', messagesDialect],
  ['ChatError', chatCompletionsDialect],
  ['AccountError', accountDialect],
  ['BindingError', bindingDialect],
  ['GatewayError', gatewayHostDialect],
];

describe.each(speakers)('%s', (envelope, dialect) => {
  test.each(Object.keys(errorTable) as ErrorCode[])('is what %s looks like', (code) => {
    for (const more of [{}, { reason: 'wallet_exhausted', members: { needed: 'much' } }]) {
      const { body } = dialect.encodeError(refusal(code, undefined, more), 'req_test');
      const said = JSON.parse(Buffer.from(body).toString()) as unknown;
      expect(check({ $ref: `#/components/schemas/${envelope}` }, said)).toBeUndefined();
    }
  });
});
