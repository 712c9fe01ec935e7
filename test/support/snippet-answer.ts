import type { JsonObject } from '../../src/std/json.ts';
import type { PageProgram } from './snippet-pages.ts';

/** The request that a command of a page makes, read off its text. */
export interface CommandRequest {
  readonly path: string;
  readonly body: JsonObject;
}

/** Reads the address and the body off a command. */
export function requestOf({ name, code }: PageProgram): CommandRequest {
  const [, path] = /\$\{QUATRAIN_BASE_URL:-[^}]+\}([^"]+)"/.exec(code) ?? [];
  const [, body] =
    / -d '([^']+)'$/.exec(code) ?? / --data-binary @- <<'JSON'\n([^]+)\nJSON$/.exec(code) ?? [];
  if (path === undefined || body === undefined) throw new Error(`no request in ${name}`);
  return { path, body: JSON.parse(body) as JsonObject };
}

/** What an answer says. */
export interface SaidAnswer {
  readonly text: string;
  /** How many events it came in; one where it came in one piece. */
  readonly eventCount: number;
}

interface Block {
  readonly type: string;
  readonly text?: string;
}

interface AnyAnswer {
  readonly content?: readonly Block[];
  readonly result?: { readonly content: readonly Block[] };
  readonly choices?: readonly { readonly message?: { readonly content: string } }[];
}

interface AnyEvent {
  readonly delta?: { readonly text?: string };
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
}

/** What an answer says, whole or in server-sent events. */
export function saidIn(answer: string): SaidAnswer {
  const events = [...answer.matchAll(/^data: (\{.*\})$/gm)].map(
    ([, data = '']) => JSON.parse(data) as AnyEvent,
  );
  if (events.length > 0) {
    const texts = events.map((event) => event.delta?.text ?? event.choices?.[0]?.delta?.content);
    return { text: texts.join(''), eventCount: events.length };
  }
  const { result, content, choices } = JSON.parse(answer) as AnyAnswer;
  const blocks = result?.content ?? content ?? [];
  const text = choices?.[0]?.message?.content ?? blocks.map((block) => block.text).join('');
  return { text, eventCount: 1 };
}
