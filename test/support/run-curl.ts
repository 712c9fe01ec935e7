import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a command of a page was answered. */
export interface CurlAnswer {
  readonly status: number;
  /** Without what stands behind it, a charset for one. */
  readonly type: string;
  readonly text: string;
}

/** A shell in a folder of its own, with files that commands may name. */
export interface CurlShell {
  /** Runs a command as it stands on its page; `body` is what `body.json` holds. */
  run(command: string, env: Readonly<Record<string, string>>, body?: object): Promise<CurlAnswer>;
  close(): void;
}

const CURL = `curl() { command curl -sS -o answer -w '%{http_code} %{content_type}' "$@"; }`;

/** Opens one; `notes.txt` is there to be sent. */
export function openCurlShell(): CurlShell {
  const folder = mkdtempSync(join(tmpdir(), 'quatrain-curl-'));
  writeFileSync(join(folder, 'notes.txt'), 'Some notes.\n');
  return {
    async run(command, env, body = {}) {
      writeFileSync(join(folder, 'body.json'), JSON.stringify(body));
      writeFileSync(join(folder, 'answer'), '');
      const { stdout } = await run('sh', ['-uc', `${CURL}\n${command}`], {
        cwd: folder,
        env: { ...env, PATH: process.env['PATH'] ?? '' },
      });
      const [status = '', type = ''] = stdout.split(/[ ;]/);
      return { status: Number(status), type, text: readFileSync(join(folder, 'answer'), 'utf8') };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
