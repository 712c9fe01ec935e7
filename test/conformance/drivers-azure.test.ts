import { expect, test } from 'vitest';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { Secret } from '../../src/std/secret.ts';
import { createAzureUpstream } from '../../src/upstreams/azure/azure-upstream.ts';
import { RereadBearer } from '../../src/upstreams/bearer-source.ts';
import type { HostCredential } from '../../src/upstreams/host-credential.ts';
import type { AzureAccount } from '../support/azure-server.ts';
import { startAzureServer } from '../support/azure-server.ts';
import { messageText } from '../support/engine-server.ts';
import type { DriverRig } from './driver-suite-rig.ts';
import {
  answered,
  bodyText,
  driverTransport,
  headerOf,
  notedLog,
  readBody,
  sendTo,
} from './driver-suite-rig.ts';
import { describeDriver } from './driver-suite.ts';

const KEY = 'canary-foundry-key';

interface AzureOptions {
  readonly account: AzureAccount;
  readonly credential: (clock: ManualClock) => HostCredential;
  readonly deployments?: Readonly<Record<string, string>>;
}

const byKey: AzureOptions = {
  account: { header: 'x-api-key', value: KEY },
  credential: () => ({ kind: 'key', header: 'x-api-key', key: new Secret(KEY) }),
};

async function openRig({
  account,
  credential,
  deployments = {},
}: AzureOptions): Promise<DriverRig> {
  const clock = new ManualClock();
  const lines: string[] = [];
  const server = await startAzureServer(account);
  const driver = createAzureUpstream({
    name: 'foundry',
    origin: server.origin,
    basePath: '/anthropic',
    transport: driverTransport(clock, server.origin),
    credential: credential(clock),
    deployments,
    resource: 'canary-resource',
    listModels: () => [],
    answerBytesMax: 1024 * 1024,
    userAgent: 'quatrain/test',
    log: notedLog(clock, lines),
  });
  return {
    upstream: driver,
    server,
    clock,
    lines,
    secrets: [KEY, 'canary-resource'],
    async close(): Promise<void> {
      await driver.close();
      await server.stop();
    },
  };
}

describeDriver('azure', () => openRig(byKey), {
  model: 'claude-sonnet-4-6',
  withoutMembers: ['model'],
  hearsWait: true,
});

const whole = { kind: 'message', json: messageText() } as const;

test.each<[string, AzureOptions]>([
  [
    'in api-key',
    {
      account: { header: 'api-key', value: KEY },
      credential: () => ({ kind: 'key', header: 'api-key', key: new Secret(KEY) }),
    },
  ],
  [
    'as a token of Entra',
    {
      account: { header: 'authorization', value: `Bearer ${KEY}` },
      credential: (clock) => {
        const source = new RereadBearer({ clock, read: () => new Secret(KEY) });
        return { kind: 'bearer', source };
      },
    },
  ],
])('a credential goes %s', async (_name, options) => {
  const rig = await openRig(options);
  rig.server.answer(whole);
  answered(await sendTo(rig, { body: bodyText() }));
  expect(rig.server.asked[0]).toMatchObject({ operation: 'messages.create' });
  expect(rig.server.asked[0]?.credentialFault).toBeUndefined();
  await rig.close();
});

test('a deployment has a name of its own, and the answer says so', async () => {
  const deployments = { 'claude-sonnet-4-6': 'our-sonnet', '*': 'our-rest' };
  const rig = await openRig({ ...byKey, deployments });
  rig.server.answer(whole);
  const models = ['claude-sonnet-4-6', 'claude-opus-4-6', 'our-rest'];
  const edits: (string | undefined)[] = [];
  for (const model of models) {
    const answer = answered(await sendTo(rig, { body: bodyText({ model: `"${model}"` }) }));
    await readBody(answer.body);
    edits.push(headerOf(answer.headers, 'x-quatrain-edits'));
    expect(headerOf(answer.headers, 'apim-request-id')).toBe('apim-1');
    expect(headerOf(answer.headers, 'request-id')).toBe('req_foundry_1');
  }
  expect(rig.server.asked.map(({ model }) => model)).toEqual([
    'our-sonnet',
    'our-rest',
    'our-rest',
  ]);
  expect(edits).toEqual(['model-renamed', 'model-renamed', undefined]);
  await rig.close();
});
