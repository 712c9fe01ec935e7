import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { RunningCommand } from './cli.ts';
import { freePort, runCommand, startServe, temporaryDirectory } from './cli.ts';

export interface TortureOptions {
  readonly kills: number;
  readonly requestsPerSecond: number;
  /** Between a start and its kill, in milliseconds. */
  readonly livesMs: readonly [number, number];
  readonly seed: number;
}

export interface TortureResult {
  /** From the kill to the next answer, a restart each. */
  readonly restartsMs: readonly number[];
  readonly requestsAnswered: number;
  readonly keysAcknowledged: number;
  /** Acknowledged keys that no longer work. */
  readonly keysLost: readonly string[];
  readonly pepperIsTheSame: boolean;
  readonly doctor: readonly {
    readonly check: string;
    readonly ok: boolean;
    readonly detail: string;
  }[];
  /** Answers that were neither right nor a broken connection. */
  readonly wrongAnswers: readonly string[];
}

/**
 * Kills a gateway at moments that the seed decides while requests run and keys are made, starts it
 * again, and looks at what is left: what was acknowledged has to be there.
 */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const place = temporaryDirectory();
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const args = ['--port', String(port), '--admin-port', '0'];
  const next = randomFrom(options.seed);
  const restartsMs: number[] = [];
  let gateway = await startServe(place.path, args);
  try {
    const { key = '' } = gateway;
    const pepperFile = join(place.path, '.quatrain/pepper');
    const pepper = readFileSync(pepperFile, 'utf8');
    const traffic = new Traffic(url, key, options.requestsPerSecond);
    const keyMaking = new KeyMaking(place.path);
    for (let kill = 0; kill < options.kills; kill += 1) {
      const [shortest, longest] = options.livesMs;
      await pause(shortest + next() * (longest - shortest));
      const killedMs = performance.now();
      await gateway.kill();
      gateway = await startServe(place.path, args);
      restartsMs.push(performance.now() - killedMs);
    }
    const acknowledged = [key, ...(await keyMaking.stop())];
    await traffic.stop();
    const keysLost: string[] = [];
    for (const made of acknowledged) {
      const { status } = await ask(url, made);
      if (status !== 200) keysLost.push(`${made.slice(0, 19)}: ${String(status)}`);
    }
    const { stdout } = await runCommand(place.path, ['doctor', '--json']);
    return {
      restartsMs,
      requestsAnswered: traffic.answered,
      keysAcknowledged: acknowledged.length,
      keysLost,
      pepperIsTheSame: readFileSync(pepperFile, 'utf8') === pepper,
      doctor: JSON.parse(stdout) as TortureResult['doctor'],
      wrongAnswers: traffic.wrong,
    };
  } finally {
    await (gateway as RunningCommand).kill();
    place.remove();
  }
}

/** Requests at a steady rate, whether or not anybody answers. */
class Traffic {
  answered = 0;
  #sent = 0;
  readonly wrong: string[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #pending = new Set<Promise<void>>();

  constructor(url: string, key: string, perSecond: number) {
    const everyMs = 10;
    this.#timer = setInterval(() => {
      for (let index = 0; index < (perSecond * everyMs) / 1000; index += 1) this.#one(url, key);
    }, everyMs);
  }

  #one(url: string, key: string): void {
    this.#sent += 1;
    const sent = ask(url, key, this.#sent % 2 === 0)
      .then(({ status, text }) => {
        this.answered += 1;
        if (status !== 200) this.wrong.push(`${String(status)} ${text.slice(0, 200)}`);
      })
      // The gateway is being killed: what was cut is the caller's to send again.
      .catch(() => {})
      .finally(() => this.#pending.delete(sent));
    this.#pending.add(sent);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }
}

/** Makes keys one after the other; a key counts as acknowledged once it was printed. */
class KeyMaking {
  readonly #keys: string[] = [];
  readonly #loop: Promise<void>;
  #isStopping = false;

  constructor(directory: string) {
    this.#loop = this.#run(directory);
  }

  async #run(directory: string): Promise<void> {
    while (!this.#isStopping) {
      const { stdout } = await runCommand(directory, ['keys', 'create', '--json']);
      if (stdout !== '') this.#keys.push((JSON.parse(stdout) as { key: string }).key);
    }
  }

  async stop(): Promise<readonly string[]> {
    this.#isStopping = true;
    await this.#loop;
    return this.#keys;
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 128 });

function ask(
  url: string,
  key: string,
  stream = false,
): Promise<{ readonly status: number; readonly text: string }> {
  const body = JSON.stringify({
    model: 'claude-sonnet-4-6',
    max_tokens: 32,
    stream,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/v1/messages`,
      {
        agent,
        method: 'POST',
        headers: {
          'x-api-key': key,
          'anthropic-version': '2023-06-01',
          'content-type': 'application/json',
          'content-length': String(body.length),
        },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Waits. */
export function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, forMs);
  });
}

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The middle, the last but for one in a hundred, and the longest of some durations, for a line of text. */
export function spread(durationsMs: readonly number[]): string {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}
