import { describe, expect, test } from 'vitest';
import type { EngineQuirks } from '../../config/engine-quirks.ts';
import type { RequestBlock } from '../../messages/content-blocks.ts';
import type { MessageParam } from '../../messages/request.ts';
import { encodeMessages } from './encode-messages.ts';
import { quirksOf } from './engines.ts';

const png = { type: 'base64', media_type: 'image/png', data: 'AAAA' } as const;
const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } as const;
const text = (said: string): RequestBlock => ({ type: 'text', text: said });
const user = (...content: RequestBlock[]): MessageParam => ({ role: 'user', content });
const assistant = (...content: RequestBlock[]): MessageParam => ({ role: 'assistant', content });
const result = (id: string, content: string, more: object = {}): RequestBlock => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
});
const call = (id: string, input = {}): RequestBlock => ({ type: 'tool_use', id, name: 'f', input });
const chatCall = (id: string, json = '{}'): object => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: json },
});
const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } } as const;
const imagePart = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };

type Turns = readonly [
  name: string,
  turns: readonly MessageParam[],
  quirks: Partial<EngineQuirks>,
  expected: readonly object[],
];

const userTurns: readonly Turns[] = [
  ['words', [{ role: 'user', content: 'Hi' }], {}, [{ role: 'user', content: 'Hi' }]],
  ['one text', [user(text('Hi'))], {}, [{ role: 'user', content: 'Hi' }]],
  [
    'texts, kept apart',
    [user(text('a'), text('b'))],
    {},
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ],
  ],
  [
    'texts, joined around a picture',
    [user(text('a'), text('b'), { type: 'image', source: png }, text('c'))],
    { text_parts: 'joined' },
    [
      {
        role: 'user',
        content: [{ type: 'text', text: 'a\nb' }, imagePart, { type: 'text', text: 'c' }],
      },
    ],
  ],
  [
    'a picture by its address',
    [user({ type: 'image', source: { type: 'url', url: 'https://x/y.png' } })],
    {},
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] }],
  ],
  [
    'a mark, where marks are taken',
    [user({ type: 'text', text: 'a', ...mark })],
    { takes_cache_control: true },
    [{ role: 'user', content: [{ type: 'text', text: 'a', ...mark }] }],
  ],
  [
    'a mark, where they are not',
    [user({ type: 'text', text: 'a', ...mark })],
    {},
    [{ role: 'user', content: 'a' }],
  ],
  [
    'a search result',
    [
      user({
        type: 'search_result',
        source: 'https://x',
        title: 'X',
        content: [{ type: 'text', text: 'found' }],
      }),
    ],
    {},
    [{ role: 'user', content: 'X\nhttps://x\n\nfound' }],
  ],
  [
    'a PDF',
    [user({ type: 'document', source: pdf, title: 'a.pdf', context: 'About a' })],
    { files: 'pdf' },
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'About a' },
          {
            type: 'file',
            file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' },
          },
        ],
      },
    ],
  ],
  [
    'text as a file',
    [
      user({
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'ä' },
        title: 'a.txt',
      }),
    ],
    { files: 'all' },
    [
      {
        role: 'user',
        content: [
          {
            type: 'file',
            file: { file_data: 'data:text/plain;base64,w6Q=', filename: 'a.txt' },
          },
        ],
      },
    ],
  ],
  [
    'text written out',
    [
      user({
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'ä' },
        title: 'T',
        context: 'C',
      }),
    ],
    {},
    [{ role: 'user', content: 'T\nC\nä' }],
  ],
];

const results: readonly Turns[] = [
  [
    'results before what else is said',
    [user(text('and?'), result('t1', 'one'), result('t2', 'two'))],
    {},
    [
      { role: 'tool', tool_call_id: 't1', content: 'one' },
      { role: 'tool', tool_call_id: 't2', content: 'two' },
      { role: 'user', content: 'and?' },
    ],
  ],
  [
    'an empty one',
    [user({ type: 'tool_result', tool_use_id: 't' })],
    {},
    [{ role: 'tool', tool_call_id: 't', content: '' }],
  ],
  [
    'an error, said by a word',
    [user(result('t', 'no such city', { is_error: true }))],
    {},
    [{ role: 'tool', tool_call_id: 't', content: 'Error: no such city' }],
  ],
  [
    'an error, said by a flag',
    [user(result('t', 'no such city', { is_error: true, ...mark }))],
    { result_errors: 'flag', takes_cache_control: true },
    [{ role: 'tool', tool_call_id: 't', content: 'no such city', is_error: true, ...mark }],
  ],
  [
    'a picture in the result',
    [
      user({
        type: 'tool_result',
        tool_use_id: 't',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image', source: png },
        ],
      }),
    ],
    { result_media: 'in-result' },
    [{ role: 'tool', tool_call_id: 't', content: [{ type: 'text', text: 'see' }, imagePart] }],
  ],
  [
    'a picture after it',
    [
      user(
        { type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: png }] },
        text('and?'),
      ),
    ],
    {},
    [
      { role: 'tool', tool_call_id: 't', content: 'See the next message.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What the tool call t returned:' },
          imagePart,
          { type: 'text', text: 'and?' },
        ],
      },
    ],
  ],
];

const thought = { type: 'thinking', thinking: 'Hm', signature: 'sig' } as const;
const hidden = { type: 'redacted_thinking', data: 'xyz' } as const;

const assistantTurns: readonly Turns[] = [
  [
    'text and calls',
    [assistant(text('Let me see'), call('t1', { a: [1] }), call('t2'))],
    {},
    [
      {
        role: 'assistant',
        content: 'Let me see',
        tool_calls: [chatCall('t1', '{"a":[1]}'), chatCall('t2')],
      },
    ],
  ],
  [
    'calls alone',
    [assistant(call('t1'))],
    {},
    [{ role: 'assistant', content: null, tool_calls: [chatCall('t1')] }],
  ],
  [
    'a mark on a call',
    [assistant({ ...call('t1'), ...mark })],
    { takes_cache_control: true },
    [{ role: 'assistant', content: null, tool_calls: [chatCall('t1')], ...mark }],
  ],
  [
    'texts, joined without a seam',
    [assistant(text('a'), text('b'))],
    { text_parts: 'joined' },
    [{ role: 'assistant', content: 'ab' }],
  ],
  [
    'thinking that nobody reads',
    [assistant(thought, text('a'))],
    {},
    [{ role: 'assistant', content: 'a' }],
  ],
  [
    'thinking in blocks',
    [assistant(thought, hidden, text('a'))],
    { thinking_history: ['thinking_blocks'] },
    [{ role: 'assistant', content: 'a', thinking_blocks: [thought, hidden] }],
  ],
  [
    'thinking in details and as words',
    [assistant(thought, hidden, text('a'))],
    { thinking_history: ['reasoning_details', 'reasoning', 'reasoning_content'] },
    [
      {
        role: 'assistant',
        content: 'a',
        reasoning_details: [
          {
            type: 'reasoning.text',
            text: 'Hm',
            signature: 'sig',
            format: 'anthropic-claude-v1',
            index: 0,
          },
          { type: 'reasoning.encrypted', data: 'xyz', format: 'anthropic-claude-v1', index: 1 },
        ],
        reasoning: 'Hm',
        reasoning_content: 'Hm',
      },
    ],
  ],
  [
    'instructions in the midst',
    [{ role: 'system', content: 'Now in French' }],
    {},
    [{ role: 'system', content: 'Now in French' }],
  ],
];

describe.each([
  ['a user', userTurns],
  ['results', results],
  ['an assistant', assistantTurns],
])('%s', (_who, cases) => {
  test.each(cases)('%s', (_name, messages, quirks, expected) => {
    expect(encodeMessages({ messages }, quirksOf('generic', quirks))).toEqual(expected);
  });
});

test('the system prompt comes first', () => {
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const quirks = quirksOf('generic', {});
  expect(encodeMessages({ system: 'Be brief', messages }, quirks)[0]).toEqual({
    role: 'system',
    content: 'Be brief',
  });
  const system = [
    { type: 'text' as const, text: 'a' },
    { type: 'text' as const, text: 'b' },
  ];
  expect(encodeMessages({ system, messages }, quirks)[0]).toEqual({
    role: 'system',
    content: system,
  });
});
