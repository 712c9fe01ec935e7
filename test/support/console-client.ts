import type { JsonObject } from '../../src/std/json.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';

export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: RawAnswer['headers'];
  readonly text: string;
  /** Parsed, where it is JSON. */
  readonly json: JsonObject;
  /** What its refusal is called; undefined where it is none. */
  readonly code: unknown;
}

export interface ConsoleAsking {
  readonly body?: object | undefined;
  /** In the place of what the browser would send; a header that is undefined is not sent. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export const PASSWORD = 'a-river-of-nine-lanterns';

/** A browser at the console, as far as the server sees one: a cookie, and what pages say of themselves. */
export class ConsoleClient {
  readonly url: string;
  cookie: string | undefined;
  csrf: string | undefined;

  constructor(url: string) {
    this.url = url;
  }

  async ask(
    method: string,
    path: string,
    { body, headers = {} }: ConsoleAsking = {},
  ): Promise<ConsoleAnswer> {
    const usual = {
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      origin: method === 'GET' ? undefined : this.url,
      cookie: this.cookie,
      'x-csrf-token': method === 'GET' ? undefined : this.csrf,
    };
    const sent = Object.entries({ ...usual, ...headers }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const answer = await sendRaw(`${this.url}${path}`, {
      method,
      headers: Object.fromEntries(sent),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.#keep(answer.headers['set-cookie']);
    const text = answer.body.toString();
    const isJson = String(answer.headers['content-type']).startsWith('application/json');
    const json = isJson ? (JSON.parse(text) as JsonObject) : {};
    if (typeof json['csrf_token'] === 'string') this.csrf = json['csrf_token'];
    const error = json['error'] as JsonObject | undefined;
    return { status: answer.status, headers: answer.headers, text, json, code: error?.['code'] };
  }

  /** As a browser does, but for the flags, which a test of their own is about. */
  #keep(set: RawAnswer['headers'][string]): void {
    const [first] = Array.isArray(set) ? (set as readonly string[]) : [];
    if (first === undefined) return;
    const pair = first.split(';', 1)[0] ?? '';
    this.cookie = pair.endsWith('=') ? undefined : pair;
  }

  setUp(token: string, name = 'ada', password: string = PASSWORD): Promise<ConsoleAnswer> {
    return this.ask('POST', '/admin/v1/setup', { body: { token, name, password } });
  }

  signIn(name = 'ada', password: string = PASSWORD): Promise<ConsoleAnswer> {
    return this.ask('POST', '/admin/v1/session', { body: { name, password } });
  }

  /** Signed in as the same operator, with another session. */
  async another(name?: string, password?: string): Promise<ConsoleClient> {
    const client = new ConsoleClient(this.url);
    await client.signIn(name, password);
    return client;
  }
}
