import Cloudflare from 'cloudflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The official SDK of the account's API makes dynamic routes and deploys their versions. */

let gateway: TestGateway;
let client: Cloudflare;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = new Cloudflare({
    apiToken: gateway.key,
    baseURL: `${gateway.url}/client/v4`,
    maxRetries: 0,
  });
});
afterAll(async () => {
  await gateway.stop();
});

type Elements = Cloudflare.AIGateway.DynamicRoutingCreateParams['elements'];

function elementsFor(model: string): Elements {
  const end = { elementId: 'end' };
  return [
    { id: 'start', type: 'start', outputs: { next: { elementId: 'model' } } },
    {
      id: 'model',
      type: 'model',
      properties: { provider: 'anthropic', model, retries: 0, timeout: 0 },
      outputs: { success: end, fallback: end },
    },
    { id: 'end', type: 'end', outputs: {} },
  ];
}

const ofGateway = { account_id: 'a', gateway_id: 'default' };

async function chosenModel(): Promise<string | null> {
  const response = await fetch(`${gateway.url}/client/v4/accounts/a/ai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'dynamic/sdk', messages: [{ role: 'user', content: 'hi' }] }),
  });
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get('cf-aig-model');
}

describe('aiGateway.dynamicRouting', () => {
  test('makes a route, adds a version, deploys it, lists all of them and removes the route', async () => {
    const { dynamicRouting } = client.aiGateway;
    const made = await dynamicRouting.create('default', {
      account_id: 'a',
      name: 'sdk',
      elements: elementsFor('claude-sonnet-4-6'),
    });
    expect(made).toMatchObject({ name: 'sdk', gateway_id: 'default', version: { active: 'true' } });
    expect(await chosenModel()).toBe('claude-sonnet-4-6');
    const elements = elementsFor('claude-opus-4-6');
    await dynamicRouting.createVersion(made.id, { ...ofGateway, elements });
    const { data } = await dynamicRouting.listVersions(made.id, ofGateway);
    expect(data.versions.map(({ active }) => active)).toEqual(['false', 'true']);
    const version_id = data.versions[0]?.version_id ?? '';
    await dynamicRouting.createDeployment(made.id, { ...ofGateway, version_id });
    expect(await chosenModel()).toBe('claude-opus-4-6');
    const deployments = await dynamicRouting.listDeployments(made.id, ofGateway);
    expect(deployments.data.deployments[0]).toMatchObject({ version_id });
    const version = await dynamicRouting.getVersion(version_id, { ...ofGateway, id: made.id });
    expect(version).toMatchObject({ version_id, active: 'true', elements });
    const listed = await dynamicRouting.list('default', { account_id: 'a' });
    expect([listed.success, listed.data.routes.map(({ name }) => name)]).toEqual([true, ['sdk']]);
    const renamed = await dynamicRouting.update(made.id, { ...ofGateway, name: 'renamed' });
    expect(renamed.route).toMatchObject({ id: made.id, name: 'renamed' });
    await dynamicRouting.delete(made.id, ofGateway);
    await expect(dynamicRouting.get(made.id, ofGateway)).rejects.toMatchObject({ status: 404 });
  });
});
