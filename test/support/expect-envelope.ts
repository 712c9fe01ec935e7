import { expect } from 'vitest';
import type { RawAnswer } from './post.ts';

interface Envelope {
  readonly type: string;
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id: string;
}

/** What is wrong with an answer that should be the API's error envelope (§4.1); undefined where nothing is. */
export function envelopeProblem(answer: RawAnswer): string | undefined {
  const { headers, body } = answer;
  let envelope: Partial<Envelope>;
  try {
    envelope = JSON.parse(body.toString()) as Partial<Envelope>;
  } catch {
    // The body is part of the message below: that it is no JSON is what it says.
    return `no JSON: ${body.toString().slice(0, 200)}`;
  }
  const { type, error, request_id: id } = envelope;
  if (type !== 'error') return `type is ${String(type)}`;
  if (typeof error?.type !== 'string' || typeof error.message !== 'string') return 'no error';
  if (error.message === '') return 'an empty message';
  if (id === undefined || !id.startsWith('req_')) return `request_id is ${String(id)}`;
  if (headers['request-id'] !== id) return `request-id ${String(headers['request-id'])} ≠ ${id}`;
  if (headers['content-type'] !== 'application/json') return String(headers['content-type']);
  return undefined;
}

/** #12: an error in the API's form, its `request_id` the same as the header's. */
export function expectEnvelope(
  answer: RawAnswer,
  wanted: { readonly status: number; readonly type: string; readonly message?: string | RegExp },
): void {
  expect([answer.status, envelopeProblem(answer)]).toEqual([wanted.status, undefined]);
  const { error } = JSON.parse(answer.body.toString()) as Envelope;
  expect(error.type).toBe(wanted.type);
  if (wanted.message !== undefined) expect(error.message).toMatch(wanted.message);
  expect(answer.headers['x-should-retry']).toMatch(/^(?:true|false)$/);
  const limits = Object.keys(answer.headers).filter((name) => name.includes('ratelimit'));
  expect(answer.status === 429 ? [] : limits).toEqual([]);
}
