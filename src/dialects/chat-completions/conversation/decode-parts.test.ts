import { describe, expect, test } from 'vitest';
import { cpuSecondsOf } from '../../../../test/support/cpu-time.ts';
import {
  assistant,
  decodeConversation,
  refusedConversation,
  user,
} from '../../../../test/support/decode-conversation.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';

const imagePart = (url: JsonValue, more: JsonObject = {}): JsonObject => ({
  type: 'image_url',
  image_url: { url },
  ...more,
});
const filePart = (file: JsonValue, more: JsonObject = {}): JsonObject => ({
  type: 'file',
  file,
  ...more,
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const image = (type: string, data: string): JsonObject => ({
  type: 'image',
  source: { type: 'base64', media_type: type, data },
});
const document = (source: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'document',
  source,
  ...more,
});
const textSource = (data: string): JsonObject => ({
  type: 'text',
  media_type: 'text/plain',
  data,
});
const pdfSource = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' };

function blocksOf(part: JsonValue): JsonValue {
  const content = decodeConversation([user([part])]).messages[0]?.content;
  return content as unknown as JsonValue;
}

describe('pictures', () => {
  test.each<readonly [string, JsonObject, JsonObject]>([
    [
      'B10 a data URL becomes a picture with its bytes',
      imagePart('data:image/png;base64,iVBORw0K'),
      image('image/png', 'iVBORw0K'),
    ],
    [
      'B11 a media type is lower-cased and has its usual name',
      imagePart('data:image/JPG;base64,/9j/4AAQ'),
      image('image/jpeg', '/9j/4AAQ'),
    ],
    [
      'white space in base64 is stripped',
      imagePart('data:image/gif;base64,R0lG\r\n ODlh'),
      image('image/gif', 'R0lGODlh'),
    ],
    [
      'base64 of URLs is taken',
      imagePart('data:image/webp;base64,_-8'),
      image('image/webp', '/+8='),
    ],
    [
      'B13 a web address is passed on, and the detail is not',
      { type: 'image_url', image_url: { url: 'https://x/y.png', detail: 'high' } },
      { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
    ],
    [
      'a bare URL will do',
      { type: 'image_url', image_url: 'https://x/y.png' },
      { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
    ],
    [
      'a picture may end a cached prefix',
      imagePart('https://x/y.png', { cache_control: { type: 'ephemeral' } }),
      {
        type: 'image',
        source: { type: 'url', url: 'https://x/y.png' },
        cache_control: { type: 'ephemeral' },
      },
    ],
    [
      'a PDF among the pictures is a document',
      imagePart('data:application/pdf;base64,JVBERi0x'),
      document(pdfSource),
    ],
  ])('%s', (_name, part, block) => {
    expect(blocksOf(part)).toEqual([block]);
  });
});

describe('files', () => {
  test.each<readonly [string, JsonObject, JsonObject]>([
    [
      'B15 a PDF becomes a document with its name as title',
      filePart({ file_data: 'data:application/pdf;base64,JVBERi0x', filename: 'a.pdf' }),
      document(pdfSource, { title: 'a.pdf' }),
    ],
    [
      'B16 text becomes a document of text',
      filePart({ file_data: `data:text/plain;base64,${base64('grüße')}` }),
      document(textSource('grüße')),
    ],
    [
      'text in another character set is read in it',
      filePart({ file_data: 'data:text/plain;charset=ISO-8859-1;base64,Z3L832U=' }),
      document(textSource('grüße')),
    ],
    [
      'text that is percent-encoded is decoded',
      filePart({ file_data: 'data:,a%20b%C3%BC%2' }),
      document(textSource('a bü%2')),
    ],
    [
      'JSON is text',
      filePart({ file_data: `data:application/json;base64,${base64('{"a":1}')}`, filename: 'a' }),
      document(textSource('{"a":1}'), { title: 'a' }),
    ],
    [
      'the name says what bare base64 is',
      filePart({ file_data: base64('a,b'), filename: 'table.CSV' }),
      document(textSource('a,b'), { title: 'table.CSV' }),
    ],
    [
      'bare base64 of a PDF',
      filePart({ file_data: 'JVBERi0x', filename: 'a.pdf' }),
      document(pdfSource, { title: 'a.pdf' }),
    ],
    [
      'bare base64 of a picture',
      filePart({ file_data: 'iVBORw0K', filename: 'a.png' }),
      image('image/png', 'iVBORw0K'),
    ],
    [
      'a picture given as a file is a picture',
      filePart({ file_data: 'data:image/png;base64,iVBORw0K', filename: 'a.png' }),
      image('image/png', 'iVBORw0K'),
    ],
    [
      'an uploaded file',
      filePart({ file_id: 'file_1' }),
      document({ type: 'file', file_id: 'file_1' }),
    ],
    [
      'a web address',
      filePart({ file_data: 'https://x/a.pdf', filename: 'a.pdf' }),
      document({ type: 'url', url: 'https://x/a.pdf' }, { title: 'a.pdf' }),
    ],
    [
      'a title that is too long is cut at a letter',
      filePart({ file_id: 'file_1', filename: '😀'.repeat(600) }),
      document({ type: 'file', file_id: 'file_1' }, { title: '😀'.repeat(500) }),
    ],
  ])('%s', (_name, part, block) => {
    expect(blocksOf(part)).toEqual([block]);
  });
});

describe('parts of the Messages form', () => {
  test.each<readonly [string, JsonObject]>([
    ['B18 a picture', image('image/png', 'iVBORw0K')],
    [
      'a picture of a newer kind',
      { type: 'image', source: { type: 'new', of: 1 }, kind: 'refusal' },
    ],
    ['a document', document(textSource('a'), { citations: { enabled: true } })],
    [
      'a search result',
      {
        type: 'search_result',
        source: 's',
        title: 't',
        content: [{ type: 'text', text: 'a' }],
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
    ],
  ])('%s passes as it is', (_name, part) => {
    expect(blocksOf(part)).toEqual([part]);
  });

  test('a text keeps what it cites, and loses what clients add', () => {
    const citations = [{ type: 'char_location', cited_text: 'a' }];
    const said = { type: 'text', text: 'b', citations };
    const { messages } = decodeConversation([
      user('a'),
      assistant([{ ...said, index: 0, annotations: [] }]),
      user('c'),
    ]);
    expect(messages[1]).toEqual(assistant([said]));
  });
});

describe('a part that cannot be read is refused, with the field that is wrong', () => {
  const part = 'messages[0].content[0]';
  test.each<readonly [string, JsonValue, string]>([
    [
      'B12 a vector picture',
      imagePart('data:image/svg+xml;base64,PHN2Zy8+'),
      `${part}.image_url.url`,
    ],
    ['B14 a file of the server', imagePart('file:///etc/passwd'), `${part}.image_url.url`],
    ['a data URL without base64', imagePart('data:image/png,abc'), `${part}.image_url.url`],
    [
      'a data URL that is not base64',
      imagePart('data:image/png;base64,a*b'),
      `${part}.image_url.url`,
    ],
    ['a data URL without data', imagePart('data:image/png;base64,'), `${part}.image_url.url`],
    ['a web address that is none', imagePart('https://'), `${part}.image_url.url`],
    ['no URL', imagePart(null), `${part}.image_url.url`],
    [
      'a bare URL of another kind',
      { type: 'image_url', image_url: 'ftp://x/y' },
      `${part}.image_url`,
    ],
    ['no image at all', { type: 'image_url' }, `${part}.image_url.url`],
    [
      'B17 sound',
      { type: 'input_audio', input_audio: { data: '', format: 'wav' } },
      `${part}.type`,
    ],
    ['an unknown type', { type: 'video_url' }, `${part}.type`],
    ['a type from the prototype', { type: 'toString' }, `${part}.type`],
    ['no type', { text: 'a' }, `${part}.type`],
    ['a part that is a string', 'a', part],
    ['a text without text', { type: 'text' }, `${part}.text`],
    ['a call from the user', { type: 'tool_use', id: 'a', name: 'b', input: {} }, `${part}.type`],
    ['thinking of the user', { type: 'thinking', thinking: 'a', signature: 'b' }, `${part}.type`],
    ['no file', filePart(null), `${part}.file`],
    ['an empty file', filePart({}), `${part}.file`],
    [
      'a file whose name is a number',
      filePart({ file_id: 'a', filename: 1 }),
      `${part}.file.filename`,
    ],
    ['bare base64 without a name', filePart({ file_data: 'JVBERi0x' }), `${part}.file.file_data`],
    [
      'bare base64 of an unknown kind',
      filePart({ file_data: 'JVBERi0x', filename: 'a.exe' }),
      `${part}.file.file_data`,
    ],
    [
      'bare text that is not base64',
      filePart({ file_data: 'a b!', filename: 'a.txt' }),
      `${part}.file.file_data`,
    ],
    [
      'a file of an unknown kind',
      filePart({ file_data: 'data:video/mp4;base64,AAAA' }),
      `${part}.file.file_data`,
    ],
    [
      'text that is not in its character set',
      filePart({ file_data: 'data:text/plain;base64,/w==' }),
      `${part}.file.file_data`,
    ],
  ])('%s', (_name, given, param) => {
    const refused = refusedConversation([user([given])]);
    expect(refused?.param).toBe(param);
    expect(refused?.text.startsWith(`${param}: `)).toBe(true);
  });

  test('a result of a tool in an assistant message', () => {
    const result = { type: 'tool_result', tool_use_id: 't1' };
    const refused = refusedConversation([user('a'), assistant([result]), user('b')]);
    expect(refused?.param).toBe('messages[1].content[0].type');
  });
});

test('pictures of ten megabytes are read in a moment, whatever they are', async () => {
  const hostile = [
    `data:image/png;base64,${' '.repeat(10_000_000)}`,
    `data:image/png;base64,${'A'.repeat(10_000_000)}!`,
    `data:image/png${';a'.repeat(5_000_000)}`,
    `data:image/png;base64,${'%41'.repeat(3_000_000)}%`,
    `https://${'a'.repeat(10_000_000)}`,
  ];
  const seconds = await cpuSecondsOf(() => {
    for (const url of hostile) {
      const refused = refusedConversation([user([imagePart(url)])]);
      expect(refused === undefined || isJsonObject(refused)).toBe(true);
    }
  });
  expect(seconds).toBeLessThan(10);
});
