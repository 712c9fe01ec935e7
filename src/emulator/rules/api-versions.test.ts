import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../messages/errors.ts';
import { readRequest } from './read-request.ts';
import { factsOf } from '../../../test/support/model-facts.ts';

const facts = factsOf('claude-sonnet-4-6');

function says(version: string, change: object): string | undefined {
  const body = {
    model: 'claude-sonnet-4-6',
    max_tokens: 64,
    messages: [{ role: 'user', content: 'Hi' }],
    ...change,
  };
  const read = readRequest(
    {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: ['anthropic-version', version],
      body: Buffer.from(JSON.stringify(body)),
      stream: false,
      requestId: 'req_test',
      account: 'test',
    },
    { findModel: () => facts, signingKey: new Uint8Array(32), foreignSignatures: 'accept' },
  );
  return isRefusal(read) ? read.detail : undefined;
}

const citation = {
  type: 'char_location',
  cited_text: 'x',
  document_index: 0,
  document_title: null,
  start_char_index: 0,
  end_char_index: 1,
};
const cited = { type: 'text', text: 'x', citations: [citation] };

describe('versions of the API', () => {
  test.each(['2023-01-01', '2023-06-01', '2026-10-21'])('%s is served', (version) => {
    expect(says(version, {})).toBeUndefined();
  });

  test.each(['2023-06-01, 2023-06-01', '2024-01-01', ''])('#7 %j is refused', (version) => {
    expect(says(version, {})).toBe(`anthropic-version: "${version}" is not a valid version`);
  });

  test.each<[string, object, string]>([
    [
      'temperature, even at its default',
      { temperature: 1 },
      'temperature: Extra inputs are not permitted',
    ],
    ['top_p', { top_p: 0.9 }, 'top_p: Extra inputs are not permitted'],
    ['top_k', { top_k: 5 }, 'top_k: Extra inputs are not permitted'],
    [
      "citations on the user's text",
      { messages: [{ role: 'user', content: [cited] }] },
      'messages.0.content.0.text.citations: Extra inputs are not permitted',
    ],
    [
      'citations in a search result',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'search_result', source: 's', title: 't', content: [cited] }],
          },
        ],
      },
      'messages.0.content.0.text.citations: Extra inputs are not permitted',
    ],
  ])('2026-10-21 no longer takes %s; 2023-06-01 does', (_name, change, text) => {
    expect(says('2026-10-21', change)).toBe(text);
    expect(says('2023-06-01', change)).toBeUndefined();
  });

  test('2026-10-21 takes citations that come back in an assistant turn', () => {
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [cited] },
      { role: 'user', content: 'Go on' },
    ];
    expect(says('2026-10-21', { messages })).toBeUndefined();
  });
});
