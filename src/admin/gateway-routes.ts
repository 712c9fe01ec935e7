import { z } from 'zod';
import type { RequestPolicy } from '../config/policy-config.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { AnyJsonObject, PolicyAnswer } from './contract-operations.ts';
import { describedSettings } from './described-settings.ts';
import { ETAG_LETTERS } from './etag-of.ts';
import { cursorField, idField, limitField, pageOf } from './field-schemas.ts';
import {
  listGateways,
  makeGateway,
  removeGateway,
  replaceGateway,
  showGateway,
} from './gateway-orders.ts';
import { gatewayDetailShape, gatewayShape } from './gateway-shapes.ts';
import { jsonObjectField } from './json-fields.ts';

const GATEWAYS = '/admin/v1/gateways';
const GATEWAY = `${GATEWAYS}/{account}/{gateway}`;
const access = { kind: 'admin' } as const;
const params = z.object({
  account: idField,
  gateway: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
});
const SETTINGS = 'Settings of a gateway, as its account sends them; a PUT replaces all of them.';
const settings = z.looseObject({}).describe(SETTINGS).meta(describedSettings());

const OF_ETAG = 'That of the settings which these take the place of; without it, of whichever.';
const etagField = z.string().max(ETAG_LETTERS).optional();
const replacement = z
  .looseObject({
    etag: etagField.describe(OF_ETAG),
  })
  .describe(SETTINGS)
  .meta(
    describedSettings({ etag: { type: 'string', maxLength: ETAG_LETTERS, description: OF_ETAG } }),
  );

/** AI gateways of all accounts, and the policies of the installation. */
export const gatewayRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: GATEWAYS,
    operationId: 'listGateways',
    summary: 'AI gateways of all accounts, by account and name.',
    access,
    query: z.strictObject({ limit: limitField, cursor: cursorField, account: idField.optional() }),
    answer: pageOf(gatewayShape),
    read: ({ parts, query }) => {
      const page = listGateways(parts.operations.gateways, query);
      return 'data' in page ? { ...page, data: [...page.data] } : page;
    },
  }),
  readRoute({
    method: 'GET',
    path: GATEWAY,
    operationId: 'getGateway',
    summary: 'One AI gateway, with its access policies, provider keys and dynamic routes.',
    access,
    params,
    answer: gatewayDetailShape,
    read: ({ parts, params: { account, gateway: id } }) =>
      showGateway(parts.operations.gateways, { account, id }),
  }),
  writeRoute({
    method: 'POST',
    path: GATEWAY,
    operationId: 'createGateway',
    summary: 'Makes an AI gateway for an account.',
    access,
    status: 201,
    params,
    body: settings,
    answer: gatewayDetailShape,
    write: ({ parts, params: { account, gateway: id }, body, atMs }) =>
      makeGateway(parts, { account, id }, { settings: body as AnyJsonObject, atMs }),
  }),
  writeRoute({
    method: 'PUT',
    path: GATEWAY,
    operationId: 'replaceGateway',
    summary: 'Puts other settings in the place of an AI gateway’s.',
    access,
    params,
    body: replacement,
    answer: gatewayDetailShape,
    write: ({ parts, params: { account, gateway: id }, body: { etag, ...given }, atMs }) =>
      replaceGateway(
        parts.operations.gateways,
        { account, id },
        { settings: given as AnyJsonObject, etag, atMs },
      ),
  }),
  writeRoute({
    method: 'DELETE',
    path: GATEWAY,
    operationId: 'removeGateway',
    summary: 'Removes an AI gateway with its keys, rules, routes and logs.',
    access,
    params,
    query: z.strictObject({
      etag: etagField.describe('That of the gateway which is to go; without it, whichever.'),
    }),
    answer: gatewayShape,
    write: ({ parts, params: { account, gateway: id }, query: { etag } }) =>
      removeGateway(parts.operations.gateways, { account, id }, etag),
  }),
  readRoute({
    method: 'GET',
    path: '/admin/v1/policies',
    operationId: 'listPolicies',
    summary: 'The policies of the configuration that are in force, in their order.',
    access,
    answer: z.object({ data: z.array(policyShapeOf()) }),
    read: ({ parts }) => ({
      data: parts.operations.config().policies.map((policy) => encodePolicy(policy)),
    }),
  }),
];

function policyShapeOf(): z.ZodType<PolicyAnswer> {
  const texts = z.array(z.string());
  return z.object({
    name: z.string(),
    when: jsonObjectField,
    models: z.object({ allow: texts.nullable(), deny: texts }),
    parameters: z.object({
      defaults: jsonObjectField,
      limits: z.record(z.string(), z.number()),
      deny: texts,
    }),
    betas: z.object({
      allow: texts.nullable(),
      deny: texts,
      on_denied: z.enum(['refuse', 'drop']),
    }),
    body_bytes_max: z.int().nullable(),
    model_default: z.string().nullable(),
    model_aliases: z.record(z.string(), z.string()),
    thinking_on_switch: z.enum(['keep', 'strip_and_retry']),
  });
}

function encodePolicy(policy: RequestPolicy): PolicyAnswer {
  const { models, parameters, betas } = policy;
  return {
    name: policy.name,
    when: { ...policy.when } as AnyJsonObject,
    models: { allow: models.allow ?? null, deny: models.deny },
    parameters: {
      defaults: parameters.defaults,
      limits: Object.fromEntries(
        Object.entries(parameters.limits).flatMap(([name, most]: [string, number | undefined]) =>
          most === undefined ? [] : [[name, most]],
        ),
      ),
      deny: parameters.deny,
    },
    betas: { allow: betas.allow ?? null, deny: betas.deny, on_denied: betas.on_denied },
    body_bytes_max: policy.body_bytes_max ?? null,
    model_default: policy.model_default ?? null,
    model_aliases: policy.model_aliases,
    thinking_on_switch: policy.thinking_on_switch,
  };
}
