import { editMembers } from '../../src/upstreams/edit-members.ts';
import { scanBody, textMemberOf } from '../../src/upstreams/scanned-body.ts';
import type { EngineError, EngineWire, WireAnswer } from './engine-server.ts';

const LINE_BYTES_BEYOND = 1024 * 1024 + 2;

/** What all hosts have in common that stream as the API itself does. */
export const sseWire: Pick<EngineWire, 'streamHeaders' | 'event' | 'streamError' | 'garbage'> = {
  streamHeaders: { 'content-type': 'text/event-stream; charset=utf-8' },
  event(json) {
    const { type } = JSON.parse(json) as { readonly type: string };
    return Buffer.from(`event: ${type}\ndata: ${json}\n\n`);
  },
  streamError: (said) => Buffer.from(`event: error\ndata: ${envelopeOf(said)}\n\n`),
  garbage: Buffer.alloc(LINE_BYTES_BEYOND, 'x'),
};

/** The API's own words for an error. */
export function envelopeOf({ type, message }: EngineError): string {
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_host_1' });
}

/** A JSON answer with the headers of a host. */
export function jsonAnswer(
  status: number,
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(text),
  };
}

export function retryAfter({ retryAfterSeconds }: EngineError): Readonly<Record<string, string>> {
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
}

/** A body apart from the model that it names. */
export function modelAndRest(bytes: Buffer): { readonly model: string; readonly body: string } {
  const body = scanBody(bytes);
  if (body === undefined) return { model: '', body: bytes.toString() };
  const rest = Buffer.from(editMembers(body, { remove: ['model'] }));
  return { model: textMemberOf(body, 'model') ?? '', body: rest.toString() };
}

/** Betas as the API takes them. */
export function betasIn(header: string | string[] | undefined): readonly string[] {
  return header === undefined ? [] : String(header).split(/ *, */);
}

/** Whether a body asks for a stream. */
export function asksStream(body: string): boolean {
  return (JSON.parse(body) as { readonly stream?: boolean }).stream === true;
}
