import { Agent, request } from 'node:http';

/** What somebody was told that a request costs, and by whom it is paid. */
export interface Acknowledgement {
  readonly requestId: string;
  readonly account: string;
  readonly form: PaidForm;
  /** By the usage that the answer reports, at the prices of the model. */
  readonly costNanoUsd: bigint;
  /** By the header of an answer in one piece. */
  readonly chargedNanoUsd: bigint | undefined;
}

export type PaidForm = 'message' | 'stream' | 'completion' | 'chunks' | 'run';

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  /** What the last of an answer looks like. */
  readonly ending: RegExp;
  readonly isStream: boolean;
}

/** List prices of Sonnet 4.6, a token. */
const INPUT_NANO = 3000n;
const OUTPUT_NANO = 15_000n;
const IN_FLIGHT_MAX = 300;
const EVERY_MS = 10;

const messages = [{ role: 'user', content: 'Write a few words about the sea, then some more.' }];
const said = { messages, max_tokens: 400 };
const json = /\}\s*$/;

const forms: Readonly<Record<PaidForm, Asked>> = {
  message: {
    path: '/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    body: { model: 'claude-sonnet-4-6', ...said },
    ending: json,
    isStream: false,
  },
  stream: {
    path: '/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    body: { model: 'claude-sonnet-4-6', ...said, stream: true },
    ending: /"type":"message_stop"\}\n\n/,
    isStream: true,
  },
  completion: {
    path: '/v1/chat/completions',
    headers: {},
    body: { model: 'anthropic/claude-sonnet-4.6', ...said },
    ending: json,
    isStream: false,
  },
  chunks: {
    path: '/v1/chat/completions',
    headers: {},
    body: {
      model: 'anthropic/claude-sonnet-4.6',
      ...said,
      stream: true,
      stream_options: { include_usage: true },
    },
    ending: /data: \[DONE\]\n\n/,
    isStream: true,
  },
  run: {
    path: '/client/v4/accounts/a/ai/run/anthropic/claude-sonnet-4.6',
    headers: {},
    body: said,
    ending: json,
    isStream: false,
  },
};
const formNames = Object.keys(forms) as PaidForm[];

export interface PaidTrafficOptions {
  readonly url: string;
  /** By account. */
  readonly keys: ReadonlyMap<string, string>;
  readonly requestsPerSecond: number;
  readonly next: () => number;
}

/** Requests that are paid for, at a steady rate, whether or not anybody answers. */
export class PaidTraffic {
  readonly acknowledged: Acknowledgement[] = [];
  /** Answers by their status. */
  readonly statuses: Map<number, number> = new Map();
  /** What was neither an answer, a refusal for want of money, nor a broken connection. */
  readonly wrong: string[] = [];
  /** Answers in one piece that came without their charge. */
  unsaid = 0;
  /** Requests of the schedule that had no room. */
  skipped = 0;
  /** Requests that found nobody listening, and those that were cut. */
  readonly broken: { away: number; cut: number } = { away: 0, cut: 0 };
  #onAnswer: (() => void) | undefined;
  readonly #options: PaidTrafficOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT_MAX });
  readonly #bodies = new Map(formNames.map((name) => [name, JSON.stringify(forms[name].body)]));
  readonly #timer: NodeJS.Timeout;
  readonly #startedMs: number;
  #due = 0;
  #inFlight = 0;

  constructor(options: PaidTrafficOptions) {
    this.#options = options;
    this.#startedMs = performance.now();
    this.#timer = setInterval(() => {
      this.#catchUp();
    }, EVERY_MS);
  }

  /** Resolves at the moment of the next answer, whatever it says. */
  nextAnswerMs(): Promise<number> {
    return new Promise((resolve) => {
      this.#onAnswer = () => {
        this.#onAnswer = undefined;
        resolve(performance.now());
      };
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#inFlight > 0) await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    this.#agent.destroy();
  }

  #catchUp(): void {
    const { requestsPerSecond, keys, next } = this.#options;
    const wanted = ((performance.now() - this.#startedMs) / 1000) * requestsPerSecond;
    const accounts = [...keys.keys()];
    for (; this.#due < wanted; this.#due += 1) {
      const form = formNames[this.#due % formNames.length] ?? 'message';
      const account = accounts[Math.floor(next() * accounts.length)] ?? '';
      if (this.#inFlight >= IN_FLIGHT_MAX) this.skipped += 1;
      else this.#ask(form, account);
    }
  }

  #ask(form: PaidForm, account: string): void {
    const { url, keys } = this.#options;
    const { path, headers } = forms[form];
    const body = this.#bodies.get(form) ?? '';
    this.#inFlight += 1;
    const sent = request(
      `${url}${path}`,
      {
        agent: this.#agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${keys.get(account) ?? ''}`,
          'content-type': 'application/json',
          'content-length': String(body.length),
          ...headers,
        },
      },
      (response) => {
        this.#onAnswer?.();
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        // The gateway is being killed: what came before that counts.
        response.on('error', () => {});
        response.on('close', () => {
          this.#inFlight -= 1;
          const { statusCode = 0, headers: head } = response;
          this.#take({ form, account, status: statusCode, head, text });
        });
      },
    );
    let isOver = false;
    sent.on('response', () => {
      isOver = true;
    });
    // Nobody listens while it starts again, or it was killed before it said anything.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (isOver) return;
      isOver = true;
      this.#inFlight -= 1;
      this.broken[error.code === 'ECONNREFUSED' ? 'away' : 'cut'] += 1;
    });
    sent.end(body);
  }

  #take({ form, account, status, head, text }: Taken): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status !== 200) {
      if (status !== 402) this.wrong.push(`${form}: ${String(status)} ${text.slice(0, 200)}`);
      return;
    }
    const { ending, isStream } = forms[form];
    const isWhole =
      ending.test(text) && (isStream || Number(head['content-length']) === Buffer.byteLength(text));
    if (!isWhole) {
      this.broken.cut += 1;
      return;
    }
    const charged = head['x-credits-charged'];
    if (!isStream && charged === undefined) {
      this.unsaid += 1;
      return;
    }
    this.acknowledged.push({
      requestId: String(head['x-quatrain-request-id']),
      account,
      form,
      costNanoUsd: costOf(text),
      chargedNanoUsd: charged === undefined ? undefined : BigInt(String(charged)),
    });
  }
}

interface Taken {
  readonly form: PaidForm;
  readonly account: string;
  readonly status: number;
  readonly head: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** What the usage of an answer costs; the last that it says counts. */
function costOf(text: string): bigint {
  return (
    lastCount(text, /"(?:input|prompt)_tokens":(\d+)/g) * INPUT_NANO +
    lastCount(text, /"(?:output|completion)_tokens":(\d+)/g) * OUTPUT_NANO
  );
}

function lastCount(text: string, pattern: RegExp): bigint {
  return BigInt([...text.matchAll(pattern)].at(-1)?.[1] ?? '0');
}
