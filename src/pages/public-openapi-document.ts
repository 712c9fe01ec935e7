import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { version } from '../std/version.ts';
import { errorResponses } from './public-openapi-errors.ts';
import type { PublicAccess, PublicContent, PublicRoute } from './public-openapi-operation.ts';
import { publicSchemas } from './public-openapi-schemas.ts';
import { tagTexts } from './public-openapi-tags.ts';

/** All that the description is made of. */
export interface PublicApi {
  /** What is described here. */
  readonly routes: readonly PublicRoute[];
  /** Paths that are described elsewhere, in the form of OpenAPI; each operation has no tag yet. */
  readonly accountPaths: JsonObject;
}

/** Every public route in OpenAPI 3.1, made of the tables that requests are matched with. */
export function describePublicApi({ routes, accountPaths }: PublicApi): JsonObject {
  const firsts = new Map<string, PublicRoute>();
  const paths = new Map<string, JsonObject>();
  for (const route of routes) {
    const { method, operation } = route;
    const path = plainPath(route.path);
    const first = firsts.get(operation.id) ?? route;
    firsts.set(operation.id, first);
    const here = paths.get(path) ?? {};
    paths.set(path, { ...here, [method.toLowerCase()]: describe(route, first) });
  }
  for (const [path, operations] of Object.entries(accountPaths)) {
    if (isJsonObject(operations)) paths.set(path, { ...paths.get(path), ...tagged(operations) });
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quatrain',
      version,
      description:
        'Every route of the public listener. Paths that mean the same stand once each: `x-same-as` names the operation that has the details.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tagTexts.map(({ tag, title, description }) => ({
      name: tag,
      description,
      'x-title': title,
    })),
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
        gateway: {
          type: 'apiKey',
          in: 'header',
          name: 'cf-aig-authorization',
          description: '`Bearer` and the key: where the usual headers are for the provider.',
        },
      },
      schemas: publicSchemas,
      responses: errorResponses,
    },
  };
}

/** A path of our tables as OpenAPI writes it: what is left of a path is one parameter there too. */
function plainPath(path: string): string {
  return path.replaceAll('…}', '}');
}

const security: Readonly<Record<PublicAccess, readonly JsonObject[]>> = {
  anyone: [],
  key: [{ key: [] }, { bearer: [] }],
  gateway: [{ gateway: [] }, { key: [] }, { bearer: [] }],
};

function describe(route: PublicRoute, first: PublicRoute): JsonObject {
  const { operation, scope } = route;
  const { id, tag, summary, access, body, answers, missing, errors, status = '200' } = operation;
  const parameters = [...pathParameters(route.path), ...(operation.parameters ?? [])];
  const isFirst = first === route;
  return {
    operationId: isFirst ? id : `${id}_${slugOf(route.path)}`,
    ...(isFirst ? {} : { 'x-same-as': id }),
    tags: [tag],
    summary,
    description: describedText(route),
    security: security[access],
    ...(scope === undefined ? {} : { 'x-scope': scope }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      [status]: { description: operation.said ?? 'Done.', content: contentOf(answers) },
      ...(missing === undefined
        ? {}
        : { 404: { description: 'There is no such page.', content: contentOf(missing) } }),
      ...(errors === undefined ? {} : { default: { $ref: `#/components/responses/${errors}` } }),
    },
  };
}

function describedText({ operation, scope }: PublicRoute): string {
  const { detail, access } = operation;
  const needed = scope === undefined ? 'Takes a key.' : `Takes a key with the scope \`${scope}\`.`;
  const said = access === 'anyone' ? 'Takes no key.' : needed;
  return detail === undefined ? said : `${detail} ${said}`;
}

function slugOf(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '');
}

function contentOf(contents: readonly PublicContent[]): JsonObject {
  return Object.fromEntries(
    contents.map(({ type, schema, example }) => [
      type,
      {
        ...(schema === undefined ? {} : { schema }),
        ...(example === undefined ? {} : { example }),
      },
    ]),
  );
}

const placeTexts: Readonly<Record<string, string>> = {
  account: 'Whatever the caller writes: whose account it is, the key says.',
  owner: 'A label for the account: whose account it is, the key says.',
  gateway: 'The name of a gateway; `default` is always there.',
  model: 'The name of a model. A slash in it may stand as it is.',
};

/** What stands in examples; what only its caller knows is left out. */
const placeExamples: Readonly<Record<string, string>> = {
  account: 'local',
  owner: 'local',
  gateway: 'default',
  provider: 'anthropic',
  author: 'anthropic',
  form: 'messages',
  part: 'messages',
  model: 'anthropic/claude-sonnet-4.6',
};

function exampleOf(name: string, path: string): string | undefined {
  if (name === 'model' && path.includes('{author}')) return 'claude-sonnet-4.6';
  if (name === 'id' && path.endsWith('/models/{id}')) return 'claude-sonnet-4-6';
  return placeExamples[name];
}

function pathParameters(path: string): readonly JsonObject[] {
  return [...path.matchAll(/\{([^}…]+)…?\}/g)].map(([, name = '']) => {
    const description = placeTexts[name];
    const example = exampleOf(name, path);
    return {
      name,
      in: 'path',
      required: true,
      ...(description === undefined ? {} : { description }),
      schema: { type: 'string' },
      ...(example === undefined ? {} : { example }),
    };
  });
}

/** Operations of accounts are described with their own API; their errors stand once here. */
function tagged(operations: JsonObject): JsonObject {
  const entries = Object.entries(operations).map(
    ([method, operation]): readonly [string, JsonValue] => {
      if (!isJsonObject(operation)) return [method, operation];
      const { responses = {}, ...rest } = operation;
      const own = isJsonObject(responses) ? responses : {};
      const error = { $ref: '#/components/responses/ApiError' };
      return [method, { ...rest, tags: ['accounts'], responses: { ...own, default: error } }];
    },
  );
  return Object.fromEntries(entries);
}
