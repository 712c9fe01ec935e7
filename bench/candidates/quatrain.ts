import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPinned } from '../pinned-process.ts';
import { type Candidate, findFreePort, messagesHeaders, messagesPath } from './candidate.ts';

const rootFolder = join(import.meta.dirname, '..', '..');
const entryPath = join(rootFolder, 'dist', 'cli', 'quatrain.js');
const startWithinMs = 15_000;

function formatConfig(upstreamPort: number): string {
  return `upstreams:
  bench:
    kind: anthropic
    base_url: http://127.0.0.1:${upstreamPort}
    api_key: env:BENCH_UPSTREAM_KEY
default_upstream: bench
`;
}

/** This project's gateway as built, key check and request log on. */
export const quatrain: Candidate = {
  name: 'quatrain',
  isJustInTime: true,
  prepare: async () => (existsSync(entryPath) ? undefined : 'it is not built: run the build first'),
  async start({ upstreamPort, core, workFolder }) {
    const port = await findFreePort();
    const adminPort = await findFreePort();
    const dataFolder = join(workFolder, 'data');
    const configPath = join(workFolder, 'quatrain.yaml');
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(configPath, formatConfig(upstreamPort));
    const key = messagesHeaders['x-api-key'] ?? '';
    const started = await startPinned({
      command: process.execPath,
      args: [
        entryPath,
        'serve',
        '--port',
        String(port),
        '--admin-port',
        String(adminPort),
        '--data',
        dataFolder,
        '--config',
        configPath,
        '--dev-key',
        key,
      ],
      core,
      env: { HOME: workFolder, NODE_ENV: 'production', BENCH_UPSTREAM_KEY: 'sk-bench' },
      cwd: rootFolder,
      logPath: join(workFolder, 'quatrain.log'),
    });
    try {
      await started.waitForLog(
        new RegExp(`listening on http://127\\.0\\.0\\.1:${port}\\b`),
        startWithinMs,
      );
    } catch (cause) {
      await started.stop();
      throw cause;
    }
    return {
      port,
      pids: [started.pid],
      requestHeaders: messagesHeaders,
      path: messagesPath,
      runtime: `node ${process.version}`,
      stop: () => started.stop(),
    };
  },
};
