import { fileURLToPath } from 'node:url';
import { resolve as resolvePath } from 'node:path';
import { PasswordDigests } from './access/operator-password.ts';
import { OperatorSetupToken } from './access/operator-setup-token.ts';
import { SessionBook } from './access/session-book.ts';
import { SessionGuard } from './access/session-guard.ts';
import { SignInThrottle } from './access/sign-in-throttle.ts';
import type { SessionParts } from './admin/session-parts.ts';
import type { Config } from './config/config.ts';
import type { WebAssets } from './pages/web-assets.ts';
import { noWebAssets } from './pages/web-assets.ts';
import type { Clock } from './std/clock.ts';
import { isLoopback } from './std/loopback.ts';
import type { Random } from './std/random.ts';
import { openBuiltAssets } from './store/built-assets.ts';
import type { Store } from './store/open-store.ts';
import { removeSetupFile, writeSetupFile } from './store/operators-setup-file.ts';
import type { Log } from './telemetry/log.ts';

export interface ConsoleWiring {
  readonly store: Pick<Store, 'operators' | 'sessions'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly config: Config;
  readonly publicUrl: () => string;
}

/** Makes what operators sign in with; undefined where the console is off. */
export function wireConsole(wiring: ConsoleWiring): SessionParts | undefined {
  const { store, clock, random, log, config, publicUrl } = wiring;
  const { operators, sessions } = store;
  const { enabled, session_idle_ms: idleMs, session_ms: absoluteMs } = config.console;
  if (!enabled) return undefined;
  const { host } = config.admin;
  if (!isLoopback(host)) {
    const reason = 'browsers send the session over TLS, or to localhost: put a TLS proxy in front';
    log.warn('console_needs_tls', { host, reason });
  }
  const book = new SessionBook({
    store: sessions,
    clock,
    random,
    times: { idleMs, absoluteMs },
    onFault: (fault) => {
      log.warn('session_not_noted', { reason: String(fault) });
    },
  });
  const directory = resolvePath(config.data_dir);
  const setupToken = new OperatorSetupToken(clock, random);
  const { token } = setupToken;
  if (operators.hasAny() || token === undefined) removeSetupFile(directory);
  else writeSetupFile(directory, token);
  return {
    operators,
    book,
    guard: new SessionGuard(book, host),
    digests: new PasswordDigests(random),
    throttle: new SignInThrottle(clock),
    setupToken,
    onSetUp: () => {
      removeSetupFile(directory);
    },
    publicUrl,
  };
}

/** Beside the sources and the modules one by one; beside the folder of the program in few files. */
const assetFolders = ['../dist/web', '../web'];

/** The browser files, wherever this runs from; none where they were not built. */
export function findWebAssets(): WebAssets {
  const found = assetFolders
    .map((folder) => openBuiltAssets(fileURLToPath(new URL(folder, import.meta.url))))
    .find((assets) => assets !== noWebAssets);
  return found ?? noWebAssets;
}
