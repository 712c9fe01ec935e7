import { statSync, unwatchFile, watchFile } from 'node:fs';
import type { Config } from '../config/config.ts';
import type { StartedGateway } from '../main.ts';
import { startGateway } from '../main.ts';
import { Secret } from '../std/secret.ts';
import type { ConfigFlags } from './load-config.ts';
import { configFile, loadConfig, readConfigText, secretSources } from './load-config.ts';
import { printWelcome, tellWelcome } from './print-welcome.ts';
import { complain, goOnUnheard } from './terminal.ts';

export interface ServeFlags extends ConfigFlags {
  readonly devKey?: string;
  readonly json?: boolean;
}

const WATCH_MS = 1000;

/** Runs the gateway until a signal ends it. */
export async function serve(flags: ServeFlags): Promise<void> {
  await run(flags, loadConfig);
}

/** The same with the emulator in front of everything, whatever the configuration names. */
export async function emulate(flags: ServeFlags): Promise<void> {
  await run(flags, (resolved) => ({
    ...loadConfig(resolved),
    upstreams: {},
    default_upstream: 'emulator',
  }));
}

async function run(given: ServeFlags, read: (flags: ServeFlags) => Config): Promise<void> {
  // Whoever reads its log may go, and its callers are still there.
  goOnUnheard();
  // The file of the start stays the file: were it to vanish, defaults must not take its place.
  const file = configFile(given);
  const flags = file === undefined ? given : { ...given, config: file };
  const load = (): Config => read(flags);
  const mtimeMs = modifiedMs(file);
  const config = load();
  const scenariosMtimeMs = modifiedMs(config.emulator.scenarios_file);
  const developmentKey = flags.devKey ?? process.env['QUATRAIN_DEV_KEY'];
  const started = await startGateway({
    config,
    secrets: secretSources,
    ...(developmentKey === undefined ? {} : { developmentKey: new Secret(developmentKey) }),
    writeLog: (line) => process.stderr.write(line),
    readConfig: (yaml) => readConfigText(yaml, flags),
    onFatal: (reason) => {
      complain(`the store failed, and nothing may be served without it: ${reason}`);
      process.exit(1);
    },
  });
  // Whoever reads the welcome may send a signal at once: the handlers stand before it.
  const ended = endOnSignal(started, file);
  watchConfig(started, { file, mtimeMs, scenariosMtimeMs }, load);
  if (flags.json === true) tellWelcome(started);
  else printWelcome(started, developmentKey);
  await ended;
}

/** The files of the start, as they were when they were read. */
interface WatchedFiles {
  readonly file: string | undefined;
  readonly mtimeMs: number | undefined;
  readonly scenariosMtimeMs: number | undefined;
}

/** Takes a changed file over without a restart; a broken one changes nothing and says so. */
function watchConfig(
  { gateway, log }: StartedGateway,
  { file, mtimeMs, scenariosMtimeMs }: WatchedFiles,
  load: () => Config,
): void {
  let scenariosFile: string | undefined;
  const reload = (): void => {
    try {
      const needRestart = gateway.reload(load());
      log.info('config_reloaded', { upstream: gateway.upstreamName });
      for (const option of needRestart) log.warn('config_needs_restart', { option });
      followScenarios();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error('config_rejected', { reason });
    }
  };
  /** A reload may name another file of scenarios. */
  const followScenarios = (): void => {
    const named = gateway.config.emulator.scenarios_file;
    if (named === scenariosFile) return;
    if (scenariosFile !== undefined) unwatchFile(scenariosFile);
    scenariosFile = named;
    if (named !== undefined) onChange(named, reload);
  };
  // In a terminal SIGHUP says that the terminal is gone: there it ends the gateway, as it always does.
  if (!process.stdout.isTTY) process.on('SIGHUP', reload);
  if (file !== undefined) onChange(file, reload);
  followScenarios();
  // Changed between being read and being watched.
  const isNewer = modifiedMs(file) !== mtimeMs || modifiedMs(scenariosFile) !== scenariosMtimeMs;
  if (isNewer) reload();
}

function onChange(file: string, run: () => void): void {
  watchFile(file, { interval: WATCH_MS, persistent: false }, (now, before) => {
    if (now.mtimeMs !== before.mtimeMs) run();
  });
}

function modifiedMs(file: string | undefined): number | undefined {
  return file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** SIGTERM and the first Ctrl-C drain; a second signal ends at once. */
function endOnSignal({ gateway, log }: StartedGateway, file: string | undefined): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    const end = (signal: string): void => {
      const isSecond = isEnding;
      isEnding = true;
      log.info('stopping', { signal });
      const ended = isSecond ? gateway.stop() : gateway.drain();
      void ended.then(() => {
        if (file !== undefined) unwatchFile(file);
        resolve();
        process.exit(process.exitCode ?? 0);
      });
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });
}
