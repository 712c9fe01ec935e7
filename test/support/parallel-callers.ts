import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:http';

/** How a stream ended, as its caller saw it. */
export interface CalledStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface ParallelCalls {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly callers: number;
  /** Whether somebody who got this comes back once another one is done. */
  readonly comesBack: (answer: CalledStream) => boolean;
  /** Nobody is being served: what is still to be written is waited for here. */
  readonly whenIdle: () => Promise<void>;
}

/** So many of those who wait ask again when one is done. */
const WOKEN_AT_A_TIME = 2;

/**
 * Many callers at once, each on a connection of its own. One who is told to come back waits until
 * others are done; when nobody is served any more, all who wait ask once more.
 */
export class ParallelCallers {
  readonly #calls: ParallelCalls;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  readonly #waiting: (() => void)[] = [];
  #asking = 0;

  constructor(calls: ParallelCalls) {
    this.#calls = calls;
  }

  /** What each of them ended with. */
  async all(): Promise<readonly CalledStream[]> {
    const { callers } = this.#calls;
    const ends = await Promise.all(Array.from({ length: callers }, () => this.#untilServed()));
    this.#agent.destroy();
    return ends;
  }

  async #untilServed(): Promise<CalledStream> {
    for (;;) {
      this.#asking += 1;
      const answer = await this.#ask();
      this.#asking -= 1;
      const isBack = this.#calls.comesBack(answer);
      if (!isBack) this.#wake(WOKEN_AT_A_TIME);
      const turn = isBack ? this.#turn() : undefined;
      if (this.#asking === 0) void this.#wakeAll();
      if (turn === undefined) return answer;
      await turn;
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #wake(count: number): void {
    for (const resolve of this.#waiting.splice(0, count)) resolve();
  }

  async #wakeAll(): Promise<void> {
    await this.#calls.whenIdle();
    this.#wake(this.#waiting.length);
  }

  #ask(): Promise<CalledStream> {
    const { url, headers, body } = this.#calls;
    return new Promise((resolve, reject) => {
      let isHeard = false;
      const asking = request(url, { method: 'POST', headers, agent: this.#agent }, (response) => {
        isHeard = true;
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      asking.on('error', (error: NodeJS.ErrnoException) => {
        // So many at once are more than wait to be accepted: on a busy machine the system resets the rest,
        // and nobody has heard them. What was heard all the same would be missing in what the books add up to.
        if (error.code === 'ECONNRESET' && !isHeard) resolve(this.#ask());
        else reject(error);
      });
      asking.end(body);
    });
  }
}
