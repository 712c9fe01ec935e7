import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand } from '../machine.ts';
import { startPinned } from '../pinned-process.ts';
import { type Candidate, findFreePort, messagesHeaders, messagesPath } from './candidate.ts';

const startWithinMs = 5_000;

function formatConfig(port: number, upstreamPort: number): string {
  // One process does the work. The bounds are far above what the bench sends, so that none of them shapes a figure.
  return `daemon off;
master_process off;
error_log stderr warn;
pid nginx.pid;
events { worker_connections 12000; }
http {
  access_log off;
  tcp_nodelay on;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 32m;
  client_body_buffer_size 512k;
  keepalive_timeout 300s;
  keepalive_requests 1000000000;
  upstream bench {
    server 127.0.0.1:${upstreamPort};
    keepalive 4096;
    keepalive_timeout 300s;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://bench;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 300s;
    }
  }
}
`;
}

async function waitUntilBound(port: number, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    try {
      // Any answer will do, even a refusal: it is bound.
      await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1_000) });
      return;
    } catch (cause) {
      if (performance.now() > deadlineMs)
        throw new Error(`nginx did not listen in ${withinMs} ms`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** nginx as a plain reverse proxy: one process, kept-alive connections to the upstream, nothing buffered, nothing logged. */
export const nginx: Candidate = {
  name: 'nginx',
  isJustInTime: false,
  prepare: async () => (findCommand('nginx') === undefined ? 'nginx is not installed' : undefined),
  async start({ upstreamPort, core, workFolder }) {
    const command = findCommand('nginx');
    if (command === undefined) throw new Error('nginx is not installed');
    const port = await findFreePort();
    mkdirSync(workFolder, { recursive: true });
    const configPath = join(workFolder, 'nginx.conf');
    writeFileSync(configPath, formatConfig(port, upstreamPort));
    const started = await startPinned({
      command,
      args: ['-p', workFolder, '-e', 'stderr', '-c', configPath],
      core,
      env: {},
      cwd: workFolder,
      logPath: join(workFolder, 'nginx.log'),
    });
    try {
      await waitUntilBound(port, startWithinMs);
    } catch (cause) {
      await started.stop();
      throw new Error(`nginx did not start: ${readFileSync(started.logPath, 'utf8').trim()}`, {
        cause,
      });
    }
    return {
      port,
      pids: [started.pid],
      requestHeaders: messagesHeaders,
      path: messagesPath,
      runtime: 'nginx, one process',
      stop: () => started.stop(),
    };
  },
};
