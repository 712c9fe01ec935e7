import { rmSync } from 'node:fs';
import { Authenticator } from '../../src/access/authenticate.ts';
import type { AdminParts } from '../../src/admin/admin-parts.ts';
import { createApi } from '../../src/admin/create-api.ts';
import { adminRoutes } from '../../src/admin/routes.ts';
import type { SessionParts } from '../../src/admin/session-parts.ts';
import { PlaygroundKeys } from '../../src/admin/session-playground-keys.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { ServingOptions } from '../../src/http/api-server.ts';
import { createAdminServer } from '../../src/http/admin-server.ts';
import { listenOn } from '../../src/listen-on.ts';
import type { WebAssets } from '../../src/pages/web-assets.ts';
import { noWebAssets } from '../../src/pages/web-assets.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import type { Store } from '../../src/store/open-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { wireConsole } from '../../src/wire-console.ts';
import { ConsoleClient } from './console-client.ts';
import { makeDataDir } from './make-data-dir.ts';

/** An admin listener on a real socket with a real store, whose time stands still. */
export interface StartedConsole {
  readonly url: string;
  readonly clock: ManualClock;
  readonly store: Store;
  readonly sessions: SessionParts;
  readonly dataDir: string;
  readonly logLines: readonly string[];
  /** The one-time token. */
  readonly token: string;
  /** A browser that has set the console up, and is signed in. */
  operator(): Promise<ConsoleClient>;
  stop(): Promise<void>;
}

export interface ConsoleOptions {
  readonly yaml?: string;
  readonly assets?: WebAssets;
}

/** Starts one: sessions, operators and keys are real; nothing of the walk is there. */
export async function startConsole({
  yaml = '',
  assets = noWebAssets,
}: ConsoleOptions = {}): Promise<StartedConsole> {
  const dataDir = makeDataDir();
  const file = { name: 'test.yaml', text: yaml };
  const parsed = parseConfig({ file, env: {}, flags: { data_dir: dataDir } });
  if (parsed.kind === 'issues') throw new Error(JSON.stringify(parsed.issues));
  const { config } = parsed;
  const store = await openStore(dataDir, (reason) => {
    throw new Error(reason);
  });
  const clock = new ManualClock();
  const random = systemRandom();
  const logLines: string[] = [];
  const log = createLog({ clock, level: () => 'debug', write: (line) => logLines.push(line) });
  const publicUrl = (): string => 'http://127.0.0.1:4114';
  const sessions = wireConsole({ store, clock, random, log, config, publicUrl });
  if (sessions === undefined) throw new Error('the console is off');
  const { accounts, keys, pepper, auditLog: audit, idempotency } = store;
  const authenticator = new Authenticator({ store: keys, accounts, pepper, clock });
  const some = { accounts, keys, pepper, audit, idempotency, clock, random, log, authenticator };
  const settings = (): object => ({ profile: 'launch' });
  // What routes about money and requests would need besides is not asked for here.
  const parts = { ...some, sessions, settings, owner: 'test' } as unknown as AdminParts;
  const playgroundKeys = new PlaygroundKeys(parts, sessions.book);
  const serving = { walk: { clock, log }, random, clientStallMs: () => 1000 };
  const server = createAdminServer({
    log,
    metrics: { text: () => Promise.resolve('figures'), contentType: 'text/plain' } as never,
    isReady: () => true,
    authenticator,
    needsKey: false,
    adminApi: createApi(adminRoutes, parts),
    console: {
      assets,
      guard: sessions.guard,
      keyFor: (...asked) => playgroundKeys.keyFor(...asked),
      serving: serving as unknown as ServingOptions,
    },
    clock,
    random,
    clientStallMs: () => 1000,
  });
  const url = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const token = sessions.setupToken.token?.reveal() ?? '';
  return {
    url,
    clock,
    store,
    sessions,
    dataDir,
    logLines,
    token,
    async operator() {
      const client = new ConsoleClient(url);
      const answer = await client.setUp(token);
      if (answer.status !== 201) throw new Error(answer.text);
      return client;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
