import { createServer } from 'node:net';

/** What a candidate is started with. */
export type StartOptions = {
  readonly upstreamPort: number;
  readonly core: number;
  /** A fresh folder for its configuration, data and log; the bench removes it. */
  readonly workFolder: string;
};

/** A candidate that answers. */
export type RunningCandidate = {
  readonly port: number;
  /** The roots of its process trees; empty for `direct`. */
  readonly pids: readonly number[];
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly path: string;
  /** What it runs on, for the record. */
  readonly runtime: string;
  stop(): Promise<void>;
};

/** One thing the bench compares. */
export type Candidate = {
  readonly name: string;
  /** Whether it compiles while it runs: such a one is warmed up for longer before it is measured. */
  readonly isJustInTime: boolean;
  /** Installs what is missing; returns why the candidate is skipped, or undefined when it can run. */
  prepare(): Promise<string | undefined>;
  start(options: StartOptions): Promise<RunningCandidate>;
};

/** What every caller of Messages sends. */
export const messagesHeaders: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  'anthropic-version': '2023-06-01',
  'x-api-key': 'bench-key-0123456789abcdef',
};

/** Where Messages is served. */
export const messagesPath = '/v1/messages';

/** A port of the loopback that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string')
    throw new Error('the loopback gave no TCP port');
  return address.port;
}
