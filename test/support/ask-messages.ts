import type { TestGateway } from './start-test-gateway.ts';

/** Asks a gateway something small, in one piece; the headers say with which key. */
export function askMessages(
  { url, headers }: Pick<TestGateway, 'url' | 'headers'>,
  content = 'Hi',
): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      model: 'claude-sonnet-4-6',
      max_tokens: 64,
      messages: [{ role: 'user', content }],
    }),
  });
}
