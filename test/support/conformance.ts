import { expect } from 'vitest';
import { expectEnvelope } from './expect-envelope.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { TestGateway } from './start-test-gateway.ts';

/** The request B of the conformance list. */
export const base: Readonly<Record<string, unknown>> = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};
export const sonnet4 = 'claude-sonnet-4-20250514';

/** A case: a change of B (undefined takes a member away), and what must come of it. */
export interface Case {
  /** Begins with the case's number. */
  readonly name: string;
  readonly change?: object;
  /** In the place of the body that follows from the change. */
  readonly body?: string;
  readonly betas?: string;
  /** In the place of `/v1/messages`. */
  readonly path?: string;
  /** Exact text of a 400, or the beginning where it ends in an ellipsis; `ok` for 200. */
  readonly says?: string;
  /** Where it is not 400 and `invalid_request_error`. */
  readonly status?: readonly [number, string];
}

export function change(more: object): string {
  return JSON.stringify({ ...base, ...more });
}

/** Sends a case to a gateway, over HTTP. */
export function ask(
  gateway: TestGateway,
  sent: Omit<Case, 'name' | 'says' | 'status'>,
): Promise<RawAnswer> {
  const { betas, path = '/v1/messages', body = change(sent.change ?? {}) } = sent;
  const headers = betas === undefined ? {} : { 'anthropic-beta': betas };
  return sendRaw(`${gateway.url}${path}`, { headers: { ...gateway.headers, ...headers }, body });
}

/** Sends a case and checks what comes back, byte by byte where the text is known. */
export async function expectCase(gateway: TestGateway, wanted: Case): Promise<void> {
  const answer = await ask(gateway, wanted);
  const { says = 'ok' } = wanted;
  if (says === 'ok') {
    expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
    return;
  }
  const [status, type] = wanted.status ?? [400, 'invalid_request_error'];
  expectEnvelope(answer, { status, type });
  const { message } = (JSON.parse(answer.body.toString()) as { error: { message: string } }).error;
  if (!says.endsWith('…')) expect(message).toBe(says);
  else expect(message.slice(0, says.length - 1)).toBe(says.slice(0, -1));
}

/** The parts of a message that cases look at. */
export interface AnsweredMessage {
  readonly type: string;
  readonly role: string;
  readonly model: string;
  readonly content: readonly {
    readonly type: string;
    readonly text?: string;
    readonly id?: string;
    readonly name?: string;
    readonly input?: Readonly<Record<string, unknown>>;
    readonly tool_use_id?: string;
  }[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly usage: Readonly<Record<string, unknown>>;
}

export async function askMessage(
  gateway: TestGateway,
  sent: Omit<Case, 'name' | 'says' | 'status'>,
): Promise<AnsweredMessage> {
  const answer = await ask(gateway, sent);
  expect([answer.status, answer.body.toString().slice(0, 200)]).toEqual([
    200,
    expect.stringContaining('"type":"message"'),
  ]);
  return JSON.parse(answer.body.toString()) as AnsweredMessage;
}
