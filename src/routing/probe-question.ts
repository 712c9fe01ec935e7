import type { UpstreamRequest } from '../messages/upstream.ts';

/** What an upstream is asked to see whether it answers and takes the credential: free of charge. */
export type ProbeQuestion = Pick<UpstreamRequest, 'operation' | 'method' | 'path' | 'body'>;

/** The headers of such a question. */
export const probeHeaders: UpstreamRequest['headers'] = [
  'anthropic-version',
  '2023-06-01',
  'content-type',
  'application/json',
];

/** What its first model is. */
export const listOfModels: ProbeQuestion = {
  operation: 'models.list',
  method: 'GET',
  path: '/v1/models?limit=1',
  body: new Uint8Array(0),
};

/** How many tokens a word is to a model; for hosts that list no models. */
export function countOf(model: string): ProbeQuestion {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] });
  const path = '/v1/messages/count_tokens';
  return { operation: 'messages.count_tokens', method: 'POST', path, body: Buffer.from(body) };
}
