import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import type { Config } from '../config/config.ts';
import { freeQuestion } from '../wire-free-question.ts';
import { isRefusal, refusalText } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import type { ProbeQuestion } from '../routing/probe-question.ts';
import { listOfModels, probeHeaders } from '../routing/probe-question.ts';
import { uncancelled } from '../std/cancellation.ts';
import { systemClock } from '../std/clock.ts';
import { openStore } from '../store/open-store.ts';
import { createLog } from '../telemetry/log.ts';
import { wireUpstreams } from '../wire-upstreams.ts';
import type { ConfigFlags } from './load-config.ts';
import { configFile, loadConfig, secretSources } from './load-config.ts';
import { say } from './terminal.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

const NODE_MIN = 24;
const PROBE_MS = 3000;

/** Checks an installation and says what to do about what is wrong. Costs nothing at an upstream. */
export async function doctor(flags: ConfigFlags & { readonly json?: boolean }): Promise<void> {
  const findings: Finding[] = [nodeFinding()];
  const config = await finding(findings, 'configuration', () => {
    const loaded = loadConfig(flags);
    return { value: loaded, detail: configFile(flags) ?? 'no file, defaults' };
  });
  if (config !== undefined) {
    await checkStore(findings, config);
    await checkUpstreams(findings, config);
    await checkRunning(findings, config);
  }
  if (flags.json === true) say(JSON.stringify(findings));
  else
    for (const { check, ok, detail } of findings)
      say(`${ok ? 'ok  ' : 'BAD '} ${check}: ${detail}`);
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
}

function nodeFinding(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  const ok = major >= NODE_MIN;
  const detail = ok
    ? process.version
    : `${process.version}; Quatrain needs ${String(NODE_MIN)} or newer`;
  return { check: 'node', ok, detail };
}

async function checkStore(findings: Finding[], config: Config): Promise<void> {
  const directory = resolvePath(config.data_dir);
  await finding(findings, 'store', async () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
    const store = await openStore(directory, () => {});
    try {
      const problems = store.integrityProblems();
      if (problems.length > 0) throw new Error(`${problems.join('; ')}; restore a backup`);
      const keys = store.keys.list().length;
      return { value: undefined, detail: `${config.data_dir} is sound, ${String(keys)} keys` };
    } finally {
      await store.close();
    }
  });
}

async function checkUpstreams(findings: Finding[], config: Config): Promise<void> {
  const log = createLog({ clock: systemClock, level: () => 'error', write: () => {} });
  const wired = await finding(findings, 'upstreams', () => {
    const upstreams = wireUpstreams(config, { clock: systemClock, log, secrets: secretSources });
    return { value: upstreams, detail: `${upstreams.defaultName} answers` };
  });
  for (const upstream of wired?.all ?? []) {
    // Neither is reached over a network: that they could be made is all there is to check.
    const isHere = upstream.name === 'emulator' || isReplay(config, upstream.name);
    if (isHere) continue;
    const options = config.upstreams[upstream.name];
    // The one that is there without a word is the API itself.
    const question = options === undefined ? listOfModels : freeQuestion(options);
    await finding(findings, `upstream ${titleOf(upstream)}`, () =>
      question === undefined ? unprobed : probe(upstream, question),
    );
    await upstream.close();
  }
  if (wired === undefined) return;
  for (const { name, models, targets, fallbacks } of config.routes) {
    const asked = [...targets, ...fallbacks].map(({ upstream }) => upstream).join(', ');
    const detail = `${models?.join(', ') ?? 'all models'} → ${asked}`;
    findings.push({ check: `route ${name}`, ok: true, detail });
  }
}

/** Several credentials are checked one by one. */
function titleOf({ name, credential }: Upstream): string {
  return credential === undefined ? name : `${name}, api_keys.${String(credential)}`;
}

function isReplay({ upstreams }: Config, name: string): boolean {
  return upstreams[name]?.kind === 'replay';
}

const unprobed = { value: undefined, detail: 'can be made; nothing there is free to ask' };

async function probe(
  upstream: Upstream,
  question: ProbeQuestion,
): Promise<{ value: undefined; detail: string }> {
  const answer = await upstream.send(
    {
      ...question,
      headers: probeHeaders,
      stream: false,
      requestId: 'req_doctor',
      account: 'doctor',
    },
    uncancelled,
  );
  if (isRefusal(answer)) throw new Error(refusalText(answer));
  answer.body.cancel();
  if (answer.status === 401 || answer.status === 403) {
    throw new Error(`it refuses the credential (${String(answer.status)}); check its credential`);
  }
  if (answer.status >= 500) throw new Error(`it answers ${String(answer.status)}`);
  return { value: undefined, detail: `answers (${String(answer.status)})` };
}

async function checkRunning(findings: Finding[], config: Config): Promise<void> {
  const { host, port } = config.listen;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}/readyz`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    const isReady = response.status === 200;
    findings.push({
      check: 'gateway',
      ok: true,
      detail: isReady ? 'running and ready' : 'running, not ready',
    });
  } catch {
    // Not an error: the doctor also looks at installations that are not running.
    findings.push({ check: 'gateway', ok: true, detail: `not running (nothing at ${url})` });
  }
}

async function finding<Value>(
  findings: Finding[],
  check: string,
  look: () => { value: Value; detail: string } | Promise<{ value: Value; detail: string }>,
): Promise<Value | undefined> {
  try {
    const { value, detail } = await look();
    findings.push({ check, ok: true, detail });
    return value;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    findings.push({ check, ok: false, detail });
    return undefined;
  }
}
