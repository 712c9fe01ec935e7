import { expect } from 'vitest';
import type { GatewayHost } from './gateway-host.ts';
import { sendRaw } from './post.ts';

/** Dynamic routes of the gateway `g`, made over the account's API; Workers reference §3.8. */

export const to = (elementId: string): object => ({ elementId });
export const start: object = { id: 'start', type: 'start', outputs: { next: to('first') } };
export const end: object = { id: 'end', type: 'end', outputs: {} };

/** A model whose answer leads to the end. */
export function model(id: string, name: string, more: object = {}, fallback?: string): object {
  return {
    id,
    type: 'model',
    properties: { provider: 'anthropic', model: name, timeout: 0, retries: 0, ...more },
    outputs: { success: to('end'), ...(fallback === undefined ? {} : { fallback: to(fallback) }) },
  };
}

/** Asks the account's API about the gateway. */
export async function gatewayApi(
  host: GatewayHost,
  method: string,
  path: string,
  body?: object,
): Promise<Api> {
  const answer = await sendRaw(`${host.url}/client/v4/accounts/a/ai-gateway/gateways/g${path}`, {
    method,
    headers: { authorization: `Bearer ${host.key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, ...(JSON.parse(answer.body.toString()) as Omit<Api, 'status'>) };
}

export interface Api {
  readonly status: number;
  readonly result: Shown;
  readonly errors: readonly { readonly message: string }[];
  readonly data: { readonly routes: readonly Shown[]; readonly versions: readonly Version[] };
}

export interface Version {
  readonly version_id: string;
  readonly active: string;
}

export interface Shown {
  readonly id: string;
  readonly name: string;
  readonly elements: readonly object[];
  readonly version: Version;
  readonly deployment: { readonly version_id: string };
}

/** Makes a route, which has to be taken. */
export async function makeRouteOn(
  host: GatewayHost,
  name: string,
  elements: readonly object[],
): Promise<Shown> {
  const made = await gatewayApi(host, 'POST', '/routes', { name, elements });
  expect([made.status, made.errors]).toEqual([200, []]);
  return made.result;
}
