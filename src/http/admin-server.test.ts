import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { GatewayApi } from '../gateway/gateway-api.ts';
import { refusal } from '../messages/errors.ts';
import { afterThisRound, systemClock } from '../std/clock.ts';
import { systemRandom } from '../std/random.ts';
import { createLog } from '../telemetry/log.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { createAdminServer } from './admin-server.ts';

const empty = new TextEncoder().encode('{}');
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Which round of the event loop it is, as long as the test counts. */
class Rounds {
  now = 0;
  #isCounting = true;

  constructor() {
    const count = (): void => {
      this.now += 1;
      if (this.#isCounting) afterThisRound(count);
    };
    afterThisRound(count);
  }

  stop(): void {
    this.#isCounting = false;
  }
}

async function serve(adminApi: GatewayApi): Promise<number> {
  server = createAdminServer({
    log: createLog({ clock: systemClock, level: () => 'error', write: () => {} }),
    metrics: new Metrics({ inFlight: () => 0, logRowsDropped: () => 0 }),
    isReady: () => true,
    authenticator: { authenticateAdmin: () => refusal('unauthenticated') },
    needsKey: false,
    adminApi,
    clock: systemClock,
    random: systemRandom(),
    clientStallMs: () => 1000,
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

test('requests that come at once are answered one a round: those of the data plane go in between', async () => {
  const rounds = new Rounds();
  const asked: (readonly [string, number])[] = [];
  const port = await serve({
    methodsAt: () => ['GET'],
    answer: async ({ path }) => {
      asked.push([path, rounds.now]);
      return { status: 200, headers: [], body: empty };
    },
  });
  const paths = ['a', 'b', 'c', 'd', 'e'].map((name) => `/admin/v1/${name}`);
  const socket = connect(port, '127.0.0.1');
  // In one write: the server reads all of them in one go.
  const heads = paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
  socket.write(heads.join(''));
  let text = '';
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  await expect.poll(() => text.split('HTTP/1.1 200').length - 1).toBe(paths.length);
  rounds.stop();
  socket.destroy();
  expect(asked.map(([path]) => path)).toEqual(paths);
  expect(new Set(asked.map(([, round]) => round)).size).toBe(paths.length);
});
