import { rmSync } from 'node:fs';
import { parseConfig } from '../../src/config/parse-config.ts';
import { issueText } from '../../src/config/yaml-issues.ts';
import type { StartedGateway } from '../../src/main.ts';
import { startGateway } from '../../src/main.ts';
import { Secret } from '../../src/std/secret.ts';
import { makeDataDir } from './make-data-dir.ts';

export interface TestGateway extends StartedGateway {
  /** A key that the gateway takes. */
  readonly key: string;
  /** Log lines so far. */
  readonly logLines: readonly string[];
  /** Headers of a plain call. */
  readonly headers: Readonly<Record<string, string>>;
  readonly dataDir: string;
  stop(): Promise<void>;
}

export interface TestGatewayOptions {
  /** Its configuration. */
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it may read. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Starts a gateway with a fresh store on free ports. `yaml` is its configuration, `files` what it may read. */
export async function startTestGateway(
  yaml = '',
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<TestGateway> {
  return startTestGatewayIn(makeDataDir(), { yaml, env, files });
}

/** Starts a gateway over the store in a directory, which goes with it when it is stopped. */
export async function startTestGatewayIn(
  dataDir: string,
  { yaml = '', env = {}, files = {} }: TestGatewayOptions = {},
): Promise<TestGateway> {
  const parsed = parseConfig({
    file: { name: 'test.yaml', text: yaml },
    env: {},
    flags: { 'listen.port': 0, 'admin.port': 0, data_dir: dataDir },
  });
  if (parsed.kind === 'issues')
    throw new Error(parsed.issues.map((issue) => issueText(issue)).join('\n'));
  const key = 'test-development-key';
  const logLines: string[] = [];
  const { config } = parsed;
  const started = await startGateway({
    // A loop that is late tells of the machine and of the tests beside this one, not of the gateway.
    config: { ...config, limits: { ...config.limits, shed_event_loop_ms: 0 } },
    secrets: { env, readFile: (path) => files[path] },
    developmentKey: new Secret(key),
    writeLog: (line) => logLines.push(line),
    onFatal: (reason) => {
      throw new Error(reason);
    },
  });
  return {
    ...started,
    key,
    logLines,
    dataDir,
    headers: {
      'x-api-key': key,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    async stop(): Promise<void> {
      await started.gateway.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
