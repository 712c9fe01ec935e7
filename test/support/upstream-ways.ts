import type { ServerResponse } from 'node:http';
import { closing, errorOf, opening, textDelta } from './event-stream.ts';
import { messageM } from './gateway-host.ts';

/** How an upstream answers a request, with a text; `stream` is what the request asked for. */
export type Answers = (response: ServerResponse, asked: { stream: boolean; text: string }) => void;

/** An error as the API says it. */
export const failing =
  (status: number): Answers =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' });
    const error = { type: 'api_error', message: `It is ${String(status)}.` };
    response.end(JSON.stringify({ type: 'error', error, request_id: 'req_up' }));
  };
const streaming =
  (...events: readonly string[]): Answers =>
  (response, { text }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.join('').replaceAll('{text}', text));
  };
const inOnePiece =
  (body: string): Answers =>
  (response, { text }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body.replaceAll('{text}', text));
  };
const whole = JSON.stringify({ ...messageM, content: [{ type: 'text', text: '{text}' }] });
const either =
  (streamed: Answers, piece: Answers): Answers =>
  (response, asked) => {
    (asked.stream ? streamed : piece)(response, asked);
  };

/** What may become of a request at an upstream. */
export const upstreamWays: Readonly<Record<string, Answers>> = {
  answered: either(streaming(opening, textDelta('{text}'), closing), inOnePiece(whole)),
  cut: either(streaming(opening, textDelta('{text}')), inOnePiece(whole.slice(0, -20))),
  'broken later': either(
    streaming(opening, textDelta('{text}'), errorOf('overloaded_error', 'No.')),
    inOnePiece('{"type":"message","content":"{text}"}'),
  ),
  'no JSON': either(
    streaming(opening, 'event: content_block_delta\ndata: {"{text}\n\n'),
    inOnePiece('<html>{text}</html>'),
  ),
  reset: (response) => response.destroy(),
  redirected: (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  ...Object.fromEntries(
    [400, 401, 403, 404, 413, 429, 500, 503, 529].map((status) => [
      `answered ${String(status)}`,
      failing(status),
    ]),
  ),
};

/** The usual one. */
export const answered: Answers = upstreamWays['answered'] ?? failing(500);
