import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { sendRaw } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Messages that refer to files of the gateway, before the emulator and before a real upstream. */

const model = 'claude-sonnet-4-6';
/** A picture of 1 × 1 in the PNG format. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(200);

async function keep(
  gateway: TestGateway,
  content: Uint8Array | string,
  [name, type]: readonly [string, string],
): Promise<string> {
  const client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
  const file = await toFile(Buffer.from(content), name, { type });
  return (await client.files.upload({ file })).id;
}

function messageOf(block: object): object {
  return { model, max_tokens: 64, messages: [{ role: 'user', content: [block] }] };
}

describe('before the emulator', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  async function ask(path: string, body: object): ReturnType<typeof sendRaw> {
    return sendRaw(`${gateway.url}${path}`, {
      headers: gateway.headers,
      body: JSON.stringify(body),
    });
  }

  async function counted(block: object): Promise<number> {
    const { max_tokens: _max, ...body } = messageOf(block) as { max_tokens: number };
    const answer = await ask('/v1/messages/count_tokens', body);
    expect([answer.status, answer.body.toString()]).toEqual([200, expect.anything()]);
    return (JSON.parse(answer.body.toString()) as { readonly input_tokens: number }).input_tokens;
  }

  test('a file is cited as a document of its content would be', async () => {
    const file_id = await keep(gateway, 'The sky is green. Grass is blue.', [
      's.txt',
      'text/plain',
    ]);
    const document = {
      type: 'document',
      source: { type: 'file', file_id },
      citations: { enabled: true },
    };
    const content = [document, { type: 'text', text: 'Which colour has the sky, please?' }];
    const messages = [{ role: 'user', content }];
    const answer = await ask('/v1/messages', { model, max_tokens: 1000, messages });
    expect(answer.status).toBe(200);
    const cited = JSON.parse(answer.body.toString()) as {
      readonly content: readonly {
        readonly citations?: readonly { cited_text: string }[] | null;
      }[];
    };
    const texts = cited.content.flatMap(({ citations }) => citations ?? []);
    expect(texts.length).toBeGreaterThan(0);
    for (const { cited_text } of texts)
      expect('The sky is green. Grass is blue.').toContain(cited_text);
  });

  test('a file counts as what is in it', async () => {
    const image = await keep(gateway, picture, ['p.png', 'image/png']);
    const document = await keep(gateway, text, ['t.txt', 'text/plain']);
    const data = picture.toString('base64');
    const named = (type: string, file_id: string): object => ({
      type,
      source: { type: 'file', file_id },
    });
    expect(await counted(named('image', image))).toBe(
      await counted({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }),
    );
    expect(await counted(named('document', document))).toBe(
      await counted({
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: text },
      }),
    );
    const answer = await ask('/v1/messages', messageOf(named('document', document)));
    const { usage } = JSON.parse(answer.body.toString()) as {
      readonly usage: { readonly input_tokens: number };
    };
    expect(usage.input_tokens).toBe(await counted(named('document', document)));
    expect(answer.headers['x-quatrain-edits']).toBeUndefined();
  });

  test('a file that is not there is 404', async () => {
    const block = { type: 'image', source: { type: 'file', file_id: 'file_none' } };
    expectEnvelope(await ask('/v1/messages', messageOf(block)), {
      status: 404,
      type: 'not_found_error',
      message: /^File `file_none` not found\.$/,
    });
  });
});

describe('before an upstream that has not our files', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    upstream = await startScriptedUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"type":"message","usage":{"input_tokens":1,"output_tokens":1}}');
    });
    gateway = await startTestGateway(
      `upstreams:\n  scripted:\n    kind: anthropic\n    base_url: ${upstream.url}\n    auth: none\nlimits: { body_bytes_max: 20000 }\n`,
    );
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const ask = (body: string): ReturnType<typeof sendRaw> =>
    sendRaw(`${gateway.url}/v1/messages`, { headers: gateway.headers, body });
  const bodyOf = (source: string): string =>
    `{"model":"${model}", "max_tokens":64,"messages":[{"role":"user","content":[{"type":"image","source":${source} }]}],"x":[ 1.0,"\\u00e9"]}`;

  test('the file goes in the message, all else as it came, and the answer says so', async () => {
    const id = await keep(gateway, picture, ['p.png', 'image/png']);
    const answer = await ask(bodyOf(`{"type":"file","file_id":"${id}"}`));
    expect(answer.status).toBe(200);
    expect(answer.headers['x-quatrain-edits']).toBe('files-inlined');
    expect(upstream.received.at(-1)?.body.toString()).toBe(
      bodyOf(`{"type":"base64","media_type":"image/png","data":"${picture.toString('base64')}"}`),
    );
    const edits = gateway.logLines.filter((line) => line.includes('request_edited'));
    expect(edits).toHaveLength(1);
    expect(edits[0]).toContain('files-inlined');
  });

  test('an id that is not ours is left to the upstream', async () => {
    const sent = bodyOf('{"type":"file","file_id":"file_011CeCGmBfrwFHJsUvxRDZS8"}');
    const answer = await ask(sent);
    expect(answer.headers['x-quatrain-edits']).toBeUndefined();
    expect(upstream.received.at(-1)?.body.toString()).toBe(sent);
  });

  test('a message that grows over the bound is 413 and never sent', async () => {
    const id = await keep(gateway, Buffer.alloc(16_000), ['p.png', 'image/png']);
    const before = upstream.received.length;
    expectEnvelope(await ask(bodyOf(`{"type":"file","file_id":"${id}"}`)), {
      status: 413,
      type: 'request_too_large',
    });
    expect(upstream.received).toHaveLength(before);
  });
});
