import { Agent, request } from 'node:http';
import { isWholeText } from './chaos-upstream.ts';

/** How a request of a chaos run came out, judged by its bytes alone. */
export type ChaosOutcome =
  | 'answered'
  /** Content had come when it broke, and it was said so. */
  | 'lost'
  /** A clean refusal. */
  | 'refused'
  /** Shown as an answer, and not one: cut, doubled or mixed. */
  | 'false-answer';

export interface ChaosRow {
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: ChaosOutcome;
  readonly status: number;
  /** What was said where it was not answered. */
  readonly said: string;
}

const SAID_MAX = 300;

/** Sends requests to a gateway, whatever became of the ones before. */
export class ChaosClient {
  readonly rows: ChaosRow[] = [];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #startedMs: number;
  #open = 0;

  constructor(url: string, headers: Readonly<Record<string, string>>, startedMs: number) {
    this.#url = url;
    this.#headers = headers;
    this.#startedMs = startedMs;
  }

  /** Requests that have no end yet. */
  get open(): number {
    return this.#open;
  }

  /** Asks; a conversation of its own each time, so that no upstream is preferred. */
  ask(number: number, stream: boolean): void {
    const sentAtMs = this.#now();
    this.#open += 1;
    const body = JSON.stringify({
      model: 'claude-sonnet-4-6',
      max_tokens: 100,
      stream,
      messages: [{ role: 'user', content: `Question ${String(number)}` }],
    });
    const end = (status: number, text: string, isCut: boolean): void => {
      const outcome = judge(status, text, stream, isCut);
      const said = outcome === 'answered' ? '' : text.slice(-SAID_MAX);
      this.rows.push({ sentAtMs, endedAtMs: this.#now(), outcome, status, said });
      this.#open -= 1;
    };
    let hasHead = false;
    const outgoing = request(
      `${this.#url}/v1/messages`,
      {
        agent: this.#agent,
        method: 'POST',
        headers: { ...this.#headers, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        hasHead = true;
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', () => {
          // `close` says how much there was.
        });
        response.on('close', () => {
          end(response.statusCode ?? 0, text, !response.complete);
        });
      },
    );
    outgoing.on('error', (error) => {
      if (!hasHead) end(0, error.message, true);
    });
    outgoing.end(body);
  }

  close(): void {
    this.#agent.destroy();
  }

  #now(): number {
    return performance.now() - this.#startedMs;
  }
}

function judge(status: number, text: string, isStream: boolean, isCut: boolean): ChaosOutcome {
  if (status !== 200) return 'refused';
  if (isCut) return 'lost';
  return isStream ? judgeStream(text) : judgeWhole(text);
}

function judgeWhole(text: string): ChaosOutcome {
  const { content } = JSON.parse(text) as { readonly content?: readonly { text: string }[] };
  return isWholeText(content?.[0]?.text ?? '') ? 'answered' : 'false-answer';
}

function judgeStream(text: string): ChaosOutcome {
  const count = (type: string): number => text.split(`event: ${type}\n`).length - 1;
  const starts = count('message_start');
  const ends = count('message_stop');
  const errors = count('error');
  if (starts > 1 || ends + errors !== 1) return 'false-answer';
  if (errors === 1) return 'lost';
  const words = [...text.matchAll(/"text_delta","text":"([^"]*)"/g)].map(([, word]) => word);
  return starts === 1 && isWholeText(words.join('')) ? 'answered' : 'false-answer';
}
