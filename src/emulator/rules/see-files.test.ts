import { describe, expect, test } from 'vitest';
import type { EmulatorFile } from '../emulator-file.ts';
import type { CheckedRequest } from './rule.ts';
import { seeFiles } from './see-files.ts';

const MEBIBYTE = 1024 * 1024;

const kept: Readonly<Record<string, readonly [string, string, number?]>> = {
  png: ['image/png', 'picture'],
  pdf: ['application/pdf', '%PDF'],
  text: ['text/markdown', '# récit'],
  zip: ['application/zip', 'PK'],
  half: ['image/png', 'x', 16 * MEBIBYTE],
};

function requestOf(...content: readonly object[]): CheckedRequest {
  return { model: 'm', messages: [{ role: 'user', content }] } as unknown as CheckedRequest;
}

/** What becomes of the blocks, and how often each file was read. */
function seen(...blocks: readonly object[]): { readonly content: unknown; readonly reads: string } {
  const reads: string[] = [];
  const find = (id: string): EmulatorFile | undefined => {
    const [mimeType, text, sizeBytes = text?.length ?? 0] = kept[id] ?? [];
    if (mimeType === undefined) return undefined;
    const readBase64 = (): string => {
      reads.push(id);
      return Buffer.from(text ?? '').toString('base64');
    };
    return { filename: 'f', mimeType, sizeBytes, readBase64 };
  };
  const { messages } = seeFiles(requestOf(...blocks), find);
  return { content: messages[0]?.content, reads: reads.join() };
}

const image = (file_id: string): object => ({ type: 'image', source: { type: 'file', file_id } });
const document = (source: object): object => ({ type: 'document', title: 't', source });
const file = (file_id: string): object => ({ type: 'file', file_id });
const base64 = (media_type: string, text: string): object => ({
  type: 'base64',
  media_type,
  data: Buffer.from(text).toString('base64'),
});
const picture = { type: 'image', source: base64('image/png', 'picture') };

describe('seeFiles', () => {
  test.each<[string, object, object]>([
    ['an image', image('png'), picture],
    ['a PDF', document(file('pdf')), document(base64('application/pdf', '%PDF'))],
    [
      'a text of any kind',
      document(file('text')),
      document({ type: 'text', media_type: 'text/plain', data: '# récit' }),
    ],
    [
      'an image in the result of a tool',
      {
        type: 'tool_result',
        tool_use_id: 'u',
        content: [{ type: 'text', text: 'x' }, image('png')],
      },
      { type: 'tool_result', tool_use_id: 'u', content: [{ type: 'text', text: 'x' }, picture] },
    ],
    [
      'an image in a document of blocks',
      document({ type: 'content', content: [image('png')] }),
      document({ type: 'content', content: [picture] }),
    ],
  ])('shows %s as if it stood in the message', (_name, block, shown) => {
    expect(seen(block).content).toEqual([shown]);
  });

  test.each<[string, object]>([
    ['a file that is not there', image('none')],
    ['a type that the block does not take', image('pdf')],
    ['a type that no block takes', document(file('zip'))],
    ['a result that is a string', { type: 'tool_result', tool_use_id: 'u', content: 'png' }],
  ])('leaves %s', (_name, block) => {
    expect(seen(block)).toEqual({ content: [block], reads: '' });
  });

  test('a request without files is the same one', () => {
    const request = requestOf({ type: 'text', text: 'Hi' });
    expect(seeFiles(request, () => expect.unreachable())).toBe(request);
  });

  test('a file named twice is read once and counts twice, up to the bound', () => {
    const { content, reads } = seen(image('half'), image('half'), image('half'), image('png'));
    const shown = { type: 'image', source: base64('image/png', 'x') };
    expect(content).toEqual([shown, shown, image('half'), image('png')]);
    expect(reads).toBe('half');
  });
});
