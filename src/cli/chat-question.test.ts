import { describe, expect, test } from 'vitest';
import type { Attachment, ChatSettings, Turn } from './chat-question.ts';
import { encodeQuestion } from './chat-question.ts';

const settings: ChatSettings = { form: 'messages', model: 'claude-sonnet-4-6', thinking: false };
const turns: readonly Turn[] = [{ role: 'user', text: 'Hi' }];
const body = (change: Partial<ChatSettings>, asked = turns): object =>
  encodeQuestion(asked, { ...settings, ...change }).body;

describe('a question in the Messages form', () => {
  test.each<[string, Partial<ChatSettings>, object]>([
    ['as it is', {}, { model: 'claude-sonnet-4-6', max_tokens: 1024, stream: true }],
    ['with a system prompt', { system: 'Be brief.' }, { system: 'Be brief.' }],
    ['with a bound', { maxTokens: 7 }, { max_tokens: 7 }],
    [
      'with thinking of a model that decides itself',
      { thinking: true },
      { max_tokens: 8192, thinking: { type: 'adaptive', display: 'summarized' } },
    ],
    [
      'with thinking of a model that wants a budget',
      { thinking: true, model: 'claude-haiku-4-5' },
      { thinking: { type: 'enabled', budget_tokens: 4096 } },
    ],
    [
      'with thinking of a model that nobody knows',
      { thinking: true, model: 'claude-next' },
      { thinking: { type: 'adaptive' } },
    ],
  ])('%s', (_name, change, expected) => {
    expect(body(change)).toMatchObject(expected);
  });

  test('sends blocks of an answer back as they came', () => {
    const blocks = [
      { type: 'thinking', thinking: 'Hm', signature: 's' },
      { type: 'text', text: 'A' },
    ];
    const asked: readonly Turn[] = [...turns, { role: 'assistant', text: 'A', blocks }, ...turns];
    expect(body({}, asked)).toMatchObject({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: blocks },
        { role: 'user', content: 'Hi' },
      ],
    });
  });
});

describe('files', () => {
  const file = (kind: Attachment['kind'], mediaType: string): Attachment => ({
    name: 'a',
    kind,
    mediaType,
    data: 'QUJD',
  });

  test.each<[string, Attachment, object, object]>([
    [
      'a picture',
      file('image', 'image/png'),
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
    ],
    [
      'a PDF',
      file('pdf', 'application/pdf'),
      { type: 'document', title: 'a', source: { type: 'base64', media_type: 'application/pdf' } },
      { type: 'file', file: { filename: 'a', file_data: 'data:application/pdf;base64,QUJD' } },
    ],
    [
      'a text',
      file('text', 'text/plain'),
      { type: 'document', title: 'a', source: { type: 'text', data: 'QUJD' } },
      { type: 'text', text: 'a:\n\nQUJD' },
    ],
  ])('%s in either form', (_name, attachment, block, part) => {
    const asked = [{ role: 'user', text: 'Look', attachments: [attachment] } as const];
    const text = { type: 'text', text: 'Look' };
    expect(body({}, asked)).toMatchObject({ messages: [{ content: [block, text] }] });
    expect(body({ form: 'chat' }, asked)).toMatchObject({ messages: [{ content: [part, text] }] });
  });
});

test('a question in the Chat Completions form', () => {
  const { path, body: sent } = encodeQuestion(turns, {
    ...settings,
    form: 'chat',
    system: 'Be brief.',
    thinking: true,
  });
  expect(path).toBe('/v1/chat/completions');
  expect(sent).toEqual({
    model: 'claude-sonnet-4-6',
    max_completion_tokens: 8192,
    stream: true,
    stream_options: { include_usage: true },
    reasoning_effort: 'medium',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
  });
});
