import { afterEach, expect, test } from 'vitest';
import { fails, inTurn } from '../support/start-billed-gateway.ts';
import { makeGateway } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import { run } from '../support/run-workers-ai.ts';
import type { Script } from '../support/scripted-upstream.ts';
import type { RoutedGateway } from '../support/start-routed-gateway.ts';
import { says, startRoutedGateway } from '../support/start-routed-gateway.ts';

/** Attempts that an AI gateway orders, over the targets of a route; Workers reference §3.7. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

const yaml =
  'routes: [{ name: main, targets: [{ upstream: a }], fallbacks: [{ upstream: b, model: claude-b }] }]\n';

async function start(a: Script, b: Script): Promise<RoutedGateway> {
  const routed = await startRoutedGateway({ a, b, yaml });
  cleanUp.push(() => routed.stop());
  const retry = { retry_max_attempts: 3, retry_delay: 1, retry_backoff: 'constant' };
  await makeGateway(routed.gateway, { id: 'ruled', ...retry });
  return routed;
}

const ask = ({ gateway }: RoutedGateway): Promise<RawAnswer> =>
  run(gateway, { options: { gateway: { id: 'ruled' } } });
const textOf = ({ body }: RawAnswer): string | undefined =>
  (JSON.parse(body.toString()) as { content?: { text?: string }[] }).content?.[0]?.text;
const asked = ({ a, b }: RoutedGateway): readonly number[] => [
  a.received.length,
  b.received.length,
];

test('the fallback answers what the target does not, by its own name for the model', async () => {
  const routed = await start(fails(503), says('b'));
  const answer = await ask(routed);
  expect([answer.status, textOf(answer), asked(routed)]).toEqual([200, 'bwörld 🌍', [1, 1]]);
  const sent = JSON.parse(routed.b.received[0]?.body.toString() ?? '{}') as { model?: string };
  expect(sent.model).toBe('claude-b');
  await expect.poll(() => readRequestLog(routed.gateway.dataDir).length).toBe(1);
  expect(readRequestLog(routed.gateway.dataDir)[0]).toMatchObject({ upstream: 'b', status: 200 });
});

test('and the target again, when the fallback fails too', async () => {
  const routed = await start(inTurn(fails(500), says('a')), fails(529));
  const answer = await ask(routed);
  expect([answer.status, textOf(answer), asked(routed)]).toEqual([200, 'awörld 🌍', [2, 1]]);
});

test('where all of them fail, the caller is told of the last after as many as the gateway says', async () => {
  const routed = await start(fails(500), fails(500));
  const { status } = await ask(routed);
  expect([status, asked(routed)]).toEqual([500, [2, 1]]);
});
