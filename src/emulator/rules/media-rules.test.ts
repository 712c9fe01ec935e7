import { describe, expect, test } from 'vitest';
import type { Asked } from '../../../test/support/ask-rules.ts';
import { askRules, assistant, user } from '../../../test/support/ask-rules.ts';
import { pdfOf, pngOf } from '../../../test/support/sample-media.ts';

const image = (data: string, mediaType = 'image/png', more: object = {}): object => ({
  type: 'image',
  source: { type: 'base64', media_type: mediaType, data },
  ...more,
});
const pdf = (data: string): object => ({
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data },
});
const said = (...blocks: readonly object[]): object => ({ messages: [user(blocks)] });
const inResult = (block: object): object => ({
  messages: [
    user('x'),
    assistant([{ type: 'tool_use', id: 'toolu_A', name: 'f', input: {} }]),
    user([{ type: 'tool_result', tool_use_id: 'toolu_A', content: [block] }]),
  ],
});
const small = pngOf(10, 10);
const wide = pngOf(2001, 1);
const many = (count: number, block: object): readonly object[] =>
  Array.from({ length: count }, () => block);
const ga: Asked = { profile: 'ga-2026-08' };
const refuseOversized = { transformations: { oversized_image: 'error' } };

describe('pictures', () => {
  test.each<[string, object, string, Asked?]>([
    ['a picture', said(image(small)), 'accepted'],
    [
      'an empty one',
      said(image('')),
      '400 messages.0.content.0.image.source.base64: image cannot be empty',
    ],
    [
      'no base64',
      said(image('data:image/png;base64,AAAA')),
      '400 messages.0.content.0.image.source.base64: invalid base64 data',
    ],
    [
      'nothing that is a picture',
      said(image('AAAAAAAAAAAAAAAAAAAAAAAA')),
      '400 Could not process image',
    ],
    [
      'a PNG that is called a JPEG, in a result of a tool',
      inResult(image(small, 'image/jpeg')),
      '400 messages.2.content.0.tool_result.content.0.image.source.base64.data: Image does not match the provided media type image/jpeg',
    ],
    [
      'more bytes than 5 MB',
      said(image(`${small.slice(0, 40)}${'A'.repeat(5 * 1024 * 1024 - 36)}`)),
      '400 messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 5242884 bytes > 5242880 bytes',
    ],
    [
      'more bytes than 5 MB, later',
      said(image(`${small.slice(0, 40)}${'A'.repeat(5 * 1024 * 1024 - 36)}`)),
      'accepted',
      ga,
    ],
    [
      'an edge of 8,001 pixels',
      said(image(pngOf(8001, 1))),
      '400 messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels',
    ],
    ['20 wide pictures', said(...many(20, image(wide))), 'accepted'],
    [
      '21 wide pictures',
      said(...many(21, image(wide))),
      '400 messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels',
    ],
    ['100 pictures', said(...many(100, image(small))), 'accepted'],
    [
      '101 pictures',
      said(...many(101, image(small))),
      '400 too many images and documents: 101 + 0 > 100',
    ],
    ['101 pictures, later', said(...many(101, image(small))), 'accepted', ga],
    [
      'a picture that would be made smaller, where that is refused',
      said(image(pngOf(1920, 1080), 'image/png', refuseOversized)),
      '400 messages.0.content.0: image dimensions 1920x1080 exceed the maximum image size of a model named on this request and would be downsized to 1456x819; scale the image to at most 1456x819 or set the image\'s oversized_image setting to "downsize"',
    ],
    ['one that is small enough', said(image(small, 'image/png', refuseOversized)), 'accepted'],
  ])('%s', (_name, more, expected, asked) => {
    expect(askRules(more, asked)).toBe(expected);
  });
});

describe('documents', () => {
  test.each<[string, object, string, Asked?]>([
    ['100 pages', said(pdf(pdfOf(100))), 'accepted'],
    [
      '101 pages',
      said({ type: 'text', text: 'x' }, pdf(pdfOf(101))),
      '400 messages.0.content.1.pdf.source.base64.data: A maximum of 100 PDF pages may be provided.',
    ],
    ['101 pages, later', said(pdf(pdfOf(101))), 'accepted', ga],
    [
      'no PDF',
      said(pdf('AAAA')),
      '400 messages.0.content.0.pdf.source.base64.data: The PDF specified was not valid.',
    ],
    [
      'pages and pictures together',
      said(pdf(pdfOf(60)), ...many(41, image(small))),
      '400 Too much media: 60 document pages + 41 images > 100',
    ],
    [
      'a picture in a document of blocks',
      said({ type: 'document', source: { type: 'content', content: [image('')] } }),
      '400 messages.0.content.0.document.source.content.content.0.image.source.base64: image cannot be empty',
    ],
  ])('%s', (_name, more, expected, asked) => {
    expect(askRules(more, asked)).toBe(expected);
  });
});

describe('files', () => {
  const one = { filename: 'a', mimeType: 'a/b', sizeBytes: 0, readBase64: () => '' };
  const kept = {
    findFile: (account: string, id: string) =>
      account === 'test' && id === 'file_1' ? one : undefined,
  };
  const file = (id: string): object => ({ type: 'image', source: { type: 'file', file_id: id } });

  test.each<[string, object, string]>([
    ['one that the account has', said(file('file_1')), 'accepted'],
    ['one that it has not', said(file('file_1'), file('file_2')), '404 File `file_2` not found.'],
    [
      'one for the container',
      said({ type: 'container_upload', file_id: 'file_3' }),
      '404 File `file_3` not found.',
    ],
    ['one in a result of a tool', inResult(file('file_4')), '404 File `file_4` not found.'],
    [
      'one in a document of blocks',
      said({ type: 'document', source: { type: 'content', content: [file('file_5')] } }),
      '404 File `file_5` not found.',
    ],
  ])('%s', (_name, more, expected) => {
    expect(askRules(more, kept)).toBe(expected);
  });

  test('where nobody keeps files, none is looked for', () => {
    expect(askRules(said(file('file_2')))).toBe('accepted');
  });
});
