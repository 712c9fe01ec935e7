import { z } from 'zod';
import { errorTable } from '../messages/errors.ts';
import type { JsonObject } from '../std/json.ts';
import { version } from '../std/version.ts';
import type { ApiRoute, RouteAccess } from './api-route.ts';
import { readRoute } from './api-route.ts';

const PATH = '/admin/v1/openapi.json';

/** The route that describes routes, itself among them. */
export function describeRoute(routes: readonly ApiRoute[]): ApiRoute {
  const own: ApiRoute = readRoute({
    method: 'GET',
    path: PATH,
    operationId: 'getDescription',
    summary: 'This description.',
    access: { kind: 'admin' },
    answer: z.record(z.string(), z.unknown()),
    read: () => ({ ...describeRoutes([...routes, own]) }),
  });
  return own;
}

/** The description of routes in OpenAPI 3.1, made of the table that requests are held to. */
export function describeRoutes(routes: readonly ApiRoute[]): JsonObject {
  const paths = new Map<string, Record<string, JsonObject>>();
  for (const route of routes) {
    const here = paths.get(route.path) ?? {};
    paths.set(route.path, { ...here, [route.method.toLowerCase()]: describe(route) });
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quatrain: administration and self-service',
      version,
      description:
        'Amounts are nano-USD as decimal text: a number of JSON loses them. Paths below /admin/v1 are on the admin listener and take admin keys, all others are on the public one.',
    },
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-quatrain_session' },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
      },
      schemas: { Error: errorSchema },
    },
  };
}

const errorSchema: JsonObject = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['type', 'code', 'message', 'request_id'],
      properties: {
        type: { enum: [...new Set(Object.values(errorTable).map(({ type }) => type))] },
        code: { type: 'string', description: 'What a program can decide by.' },
        message: { type: 'string' },
        param: { type: 'string', description: 'The path of the field that it is about.' },
        request_id: { type: 'string' },
      },
    },
  },
};

const said: Readonly<Record<RouteAccess['kind'], string>> = {
  admin: 'Takes an admin key, or the session of an operator.',
  session: 'Takes the session of an operator.',
  'sign-in': 'Takes no key: it is how operators sign in.',
  account: '',
  anyone: 'Takes no key.',
  signed: 'Takes no key: what is said is signed.',
};

function accessText(access: RouteAccess): string {
  if (access.kind !== 'account') return said[access.kind];
  const kinds = access.keyKinds.join(' or ');
  const scope = access.scope === undefined ? '' : ` with the scope ${access.scope}`;
  return `Takes a key of the kind ${kinds}${scope}; shows its own account alone.`;
}

function describe(route: ApiRoute): JsonObject {
  const { body } = route;
  const parameters = [
    ...parametersIn('path', route.params),
    ...parametersIn('query', route.query),
    ...idempotencyKeyOf(route),
  ];
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: accessText(route.access),
    security: securityOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }),
    responses: {
      [String(route.status ?? 200)]: { description: 'Done.', content: contentOf(route) },
      default: {
        description: 'Why not.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

const byKey: readonly JsonObject[] = [{ key: [] }, { bearer: [] }];

/** A session's writes show its token beside the cookie. */
function securityOf({ access, method }: ApiRoute): readonly JsonObject[] {
  const bySession = method === 'GET' ? { session: [] } : { session: [], csrf: [] };
  switch (access.kind) {
    case 'admin':
      return [...byKey, bySession];
    case 'session':
      return [bySession];
    case 'account':
      return byKey;
    case 'sign-in':
    case 'anyone':
    case 'signed':
      return [];
  }
}

const idempotencyKey: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same again is the first answer; the same for something else is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};
const knownAskers: ReadonlySet<RouteAccess['kind']> = new Set(['admin', 'session', 'account']);

/** Wherever somebody known writes something; it is wanted where money moves. */
function idempotencyKeyOf({
  access,
  method,
  isMoneyWrite = false,
}: ApiRoute): readonly JsonObject[] {
  const isTaken = method !== 'GET' && knownAskers.has(access.kind);
  return isTaken ? [{ ...idempotencyKey, required: isMoneyWrite }] : [];
}

function contentOf({ answer, contentTypes = [] }: ApiRoute): JsonObject {
  if (answer !== undefined) {
    return { 'application/json': { schema: schemaOf(answer, 'output') } };
  }
  return Object.fromEntries(contentTypes.map((type) => [type, {}]));
}

function parametersIn(
  place: 'path' | 'query',
  shape: z.ZodType | undefined,
): readonly JsonObject[] {
  if (shape === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(shape, 'input') as {
    readonly properties?: Readonly<Record<string, JsonObject>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function schemaOf(shape: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    io,
    // A format or a range says it better than the pattern that checks it.
    override: ({ jsonSchema }) => {
      const isNumber = jsonSchema.type === 'integer';
      if (isNumber || jsonSchema.format !== undefined) delete jsonSchema.pattern;
      // Numbers of a query come as text.
      const { default: standard } = jsonSchema;
      if (isNumber && typeof standard === 'string') jsonSchema.default = Number(standard);
    },
  }) as JsonObject;
  return schema;
}
