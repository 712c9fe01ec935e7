import { planned } from '../../test/support/planned.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountFile } from '../messages/account-file.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import type { DecodedExchange } from './exchange.ts';
import { inlineFiles } from './inline-files.ts';

const contents: Readonly<Record<string, readonly [string, string]>> = {
  file_png: ['image/png', 'picture'],
  file_pdf: ['application/pdf', '%PDF'],
  file_text: ['text/plain', 'say "récit"\n'],
  file_zip: ['application/zip', 'PK'],
  file_large: ['image/png', 'x'.repeat(5000)],
};

const files = {
  find(account: string, id: string): AccountFile | undefined {
    const [mimeType, text] = contents[id] ?? [];
    if (account !== 'a' || mimeType === undefined) return undefined;
    return {
      id,
      account,
      filename: 'f',
      mimeType,
      sizeBytes: Buffer.byteLength(text ?? ''),
      digest: '',
      createdAtMs: 0,
      downloadable: false,
    };
  },
  read: ({ id }: AccountFile): Promise<Uint8Array> =>
    Promise.resolve(Buffer.from(contents[id]?.[1] ?? '')),
};

interface Asking {
  readonly account?: string;
  readonly bodyBytesMax?: number;
  readonly operation?: string;
  readonly seesGatewayFiles?: boolean;
}

async function inlined(text: string, asking: Asking = {}): Promise<string | Refusal> {
  const { account = 'a', bodyBytesMax = 4000, operation = 'messages.create' } = asking;
  const exchange = {
    walk: { files, log: { info: () => {} } },
    settings: { bodyBytesMax },
    principal: { account },
    request: { id: 'req_1' },
    call: { request: { operation, body: Buffer.from(text) } },
  } as unknown as DecodedExchange;
  const seesGatewayFiles = asking.seesGatewayFiles ?? false;
  const upstream = { keepsAccountResources: false, seesGatewayFiles } as unknown as Upstream;
  const result = await inlineFiles(exchange, planned(upstream));
  if (isRefusal(result)) return result;
  const { body } = result.call.request;
  expect(result.edits).toEqual(
    Buffer.from(body).equals(Buffer.from(text)) ? undefined : ['files-inlined'],
  );
  return Buffer.from(body).toString();
}

const source = (id: string): string => `{ "type":"file", "file_id" : "${id}"}`;
const base64 = (type: string, text: string): string =>
  `{"type":"base64","media_type":"${type}","data":"${Buffer.from(text).toString('base64')}"}`;
const inMessage = (block: string): string =>
  `{"model":"m", "messages" :[{"role":"user","content":[ ${block} ,{"type":"text","text":"\\"file_id\\""}]}]\n}`;

describe('inlineFiles', () => {
  test.each<[string, (from: string) => string, string, string]>([
    [
      'an image',
      (from) => `{"type":"image","source":${from}}`,
      'file_png',
      base64('image/png', 'picture'),
    ],
    [
      'a PDF',
      (from) => `{"source": ${from} ,"type":"document","title":"t"}`,
      'file_pdf',
      base64('application/pdf', '%PDF'),
    ],
    [
      'a text',
      (from) => `{"type":"document","source":${from}}`,
      'file_text',
      '{"type":"text","media_type":"text/plain","data":"say \\"récit\\"\\n"}',
    ],
    [
      'what a tool gave back',
      (from) =>
        `{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":${from}}]}`,
      'file_png',
      base64('image/png', 'picture'),
    ],
    [
      'a block of a document',
      (from) =>
        `{"type":"document","source":{"type":"content","content":[{"type":"image","source":${from}}]}}`,
      'file_png',
      base64('image/png', 'picture'),
    ],
  ])('puts in %s and leaves every other byte', async (_name, block, id, made) => {
    expect(await inlined(inMessage(block(source(id))))).toBe(inMessage(block(made)));
  });

  test.each<[string, string, Asking]>([
    ['an unknown id', inMessage(`{"type":"image","source":${source('file_none')}}`), {}],
    [
      "another account's file",
      inMessage(`{"type":"image","source":${source('file_png')}}`),
      { account: 'b' },
    ],
    [
      'an upstream that sees the files',
      inMessage(`{"type":"image","source":${source('file_png')}}`),
      { seesGatewayFiles: true },
    ],
    [
      'another operation',
      inMessage(`{"type":"image","source":${source('file_png')}}`),
      { operation: 'complete.create' },
    ],
    [
      'arguments of a tool',
      inMessage(`{"type":"tool_use","input":{"source":${source('file_png')}}}`),
      {},
    ],
    [
      'a source with more in it',
      inMessage('{"type":"image","source":{"type":"file","file_id":"file_png","x":1}}'),
      {},
    ],
    ['a file for the container', inMessage('{"type":"container_upload","file_id":"file_png"}'), {}],
    ['a source beside the messages', `{"messages":[],"source":${source('file_png')}}`, {}],
    [
      'a body that is no JSON further in',
      `{"messages":[{"content":[{"source":${source('file_png')}},,]}]}`,
      {},
    ],
  ])('leaves %s alone', async (_name, text, asking) => {
    expect(await inlined(text, asking)).toBe(text);
  });

  test.each([
    ['a type that no source holds', 'file_zip', 'invalid_request'],
    ['a file that takes the body over its bound', 'file_large', 'request_too_large'],
  ])('refuses %s', async (_name, id, code) => {
    const refused = await inlined(inMessage(`{"type":"image","source":${source(id)}}`));
    expect(refused).toMatchObject({ kind: 'refusal', code });
  });

  test('the bound holds for the sum, and a file named often is read once', async () => {
    const block = `{"type":"image","source":${source('file_png')}}`;
    const two = inMessage(`${block},${block}`);
    expect(await inlined(two)).toBe(
      two.replaceAll(source('file_png'), base64('image/png', 'picture')),
    );
    expect(await inlined(inMessage(Array.from({ length: 60 }, () => block).join()))).toMatchObject({
      code: 'request_too_large',
    });
  });

  test('whatever stands around the sources keeps its bytes', async () => {
    const noise = fc.jsonValue({ noUnicodeString: false, maxDepth: 3 });
    const block = fc.oneof(
      noise.map((value) => ({ type: 'text', text: JSON.stringify(value) })),
      noise.map((value) => ({
        type: 'tool_use',
        input: { source: { type: 'file', file_id: 'file_pdf' }, value },
      })),
      noise.map((value) => ({
        type: 'image',
        note: value,
        source: { type: 'file', file_id: 'file_png' },
      })),
    );
    const body = fc.record({
      system: noise,
      messages: fc.array(fc.record({ role: fc.string(), content: fc.array(block) })),
      tools: noise,
    });
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom('', ' ', '\n\t'), async (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const named = /\{\s*"type":\s*"file",\s*"file_id":\s*"file_png"\s*\}/g;
        const wanted = text.replaceAll(named, () => base64('image/png', 'picture'));
        expect(await inlined(text, { bodyBytesMax: 10_000_000 })).toBe(wanted);
      }),
    );
  });
});
