import { SONNET } from './run-workers-ai.ts';
import type { FailedAs } from './fault-table.ts';

/** The forms of the fault matrix, as whoever reads their bytes knows them: none of our code takes part. */

export type FaultForm = 'messages' | 'chat' | 'run';
export const faultForms: readonly FaultForm[] = ['messages', 'chat', 'run'];

interface FormOnTheWire {
  readonly path: string;
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  readonly body: (isStream: boolean) => object;
  /** What a stream says at its very start, once. */
  readonly starts: RegExp;
  /** What no stream may have that is not whole. */
  readonly ends: RegExp;
  readonly errors: RegExp;
  /** Whether an answer in one piece says that it is one. */
  readonly isWhole: (body: Readonly<Record<string, unknown>>) => boolean;
  readonly statuses: Readonly<Record<FailedAs, number>>;
}

const asked = { max_tokens: 1024, messages: [{ role: 'user', content: 'Hi' }] } as const;
const json = { 'content-type': 'application/json' } as const;
const bearer = (key: string): Readonly<Record<string, string>> => ({
  ...json,
  authorization: `Bearer ${key}`,
});

const eventForm = {
  starts: /^event: message_start$/gm,
  ends: /^event: message_stop$/gm,
  errors: /^event: error$/gm,
} as const;

const statuses = {
  upstream_failed: 502,
  upstream_truncated: 502,
  upstream_timeout: 504,
  internal: 500,
  unavailable: 503,
  overloaded: 529,
  rate_limited: 429,
} as const;

export const wireForms: Readonly<Record<FaultForm, FormOnTheWire>> = {
  messages: {
    path: '/v1/messages',
    headers: (key) => ({ ...json, 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
    body: (stream) => ({ model: 'claude-sonnet-4-6', ...asked, stream }),
    ...eventForm,
    isWhole: ({ type }) => type === 'message',
    statuses,
  },
  chat: {
    path: '/v1/chat/completions',
    headers: bearer,
    body: (stream) => ({ model: SONNET, ...asked, stream }),
    starts: /"role":"assistant"/g,
    ends: /^data: \[DONE\]$/gm,
    errors: /^data: \{"error":/gm,
    isWhole: ({ object }) => object === 'chat.completion',
    // Chat reference §2.12 has no 529.
    statuses: { ...statuses, overloaded: 503 },
  },
  run: {
    path: `/client/v4/accounts/a/ai/run/${SONNET}`,
    headers: bearer,
    body: (stream) => ({ ...asked, ...(stream ? { stream } : {}) }),
    ...eventForm,
    isWhole: ({ success }) => success === true,
    // Workers reference §1.5: a time-out is 408 there, and no capacity 429.
    statuses: { ...statuses, upstream_timeout: 408, overloaded: 429 },
  },
};

/** What is said once in these bytes: a form may give thinking a second time, whole, for who sends it back. */
export function saidOnce(form: FaultForm, text: string): string {
  if (form !== 'chat') return text;
  return text
    .split('\n')
    .map((line) => line.replace(/^data: /, ''))
    .map((line) => (line.startsWith('{') ? withoutThinkingBlocks(line) : line))
    .join('\n');
}

function withoutThinkingBlocks(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), (name, value: unknown) =>
      name === 'thinking_blocks' ? undefined : value,
    );
  } catch {
    // Half of an answer is looked at as it is.
    return json;
  }
}

/** Whether a caller who reads these bytes takes them for an answer in full. */
export function looksWhole(
  form: FaultForm,
  isStream: boolean,
  status: number,
  text: string,
): boolean {
  if (status !== 200) return false;
  const { ends, errors, isWhole } = wireForms[form];
  if (isStream) return count(text, ends) > 0 && count(text, errors) === 0;
  try {
    return isWhole(JSON.parse(text) as Readonly<Record<string, unknown>>);
  } catch {
    // What is no JSON is no answer to anybody.
    return false;
  }
}

export function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}
