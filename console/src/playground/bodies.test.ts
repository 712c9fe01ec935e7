import { expect, test } from 'vitest';
import type { Form } from './forms.ts';
import { forms } from './forms.ts';
import type { JsonObject } from '../format/json-value.ts';
import type { Part, Turn } from './part.ts';
import { textPart } from './part.ts';
import type { RequestDraft } from './request-draft.ts';

const picture: Part = {
  kind: 'image',
  name: 'dot.png',
  mediaType: 'image/png',
  data: 'AAAA',
  bytes: 3,
};
const paper: Part = {
  kind: 'pdf',
  name: 'paper.pdf',
  mediaType: 'application/pdf',
  data: 'BBBB',
  bytes: 3,
};

function turn(role: Turn['role'], ...parts: readonly Part[]): Turn {
  return { id: role, role, parts };
}

const turns: readonly Turn[] = [
  turn('user', picture, paper, textPart('What is this?')),
  turn(
    'assistant',
    { kind: 'thinking', text: 'Hm.', signature: 'c2ln' },
    { kind: 'thinking', text: 'Cut', signature: '' },
    textPart('Let me look.'),
    { kind: 'call', id: 'toolu_1', name: 'look', argumentsText: '{"at":1}' },
    { kind: 'call', id: 'toolu_2', name: 'look', argumentsText: '{"at' },
  ),
  turn('user', textPart('Here.'), {
    kind: 'result',
    callId: 'toolu_1',
    name: 'look',
    text: 'a dot',
    isError: true,
  }),
];

const tool: JsonObject = { name: 'look', description: 'Looks.', input_schema: { type: 'object' } };

const draft: RequestDraft = {
  model: 'claude-sonnet-4-6',
  system: 'Be brief.',
  turns,
  tools: [tool],
  isStreamed: true,
  parameters: { max_tokens: 100 },
};

const inputs: JsonObject = {
  max_tokens: 100,
  system: 'Be brief.',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        {
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' },
        },
        { type: 'text', text: 'What is this?' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'a dot', is_error: true },
        { type: 'text', text: 'Here.' },
      ],
    },
  ],
  tools: [tool],
  stream: true,
};

test.each<[Form, JsonObject]>([
  ['messages', { model: 'claude-sonnet-4-6', ...inputs }],
  ['workers-ai', inputs],
  [
    'chat-completions',
    {
      model: 'claude-sonnet-4-6',
      max_tokens: 100,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            {
              type: 'file',
              file: { filename: 'paper.pdf', file_data: 'data:application/pdf;base64,BBBB' },
            },
            { type: 'text', text: 'What is this?' },
          ],
        },
        {
          role: 'assistant',
          content: 'Let me look.',
          thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }],
          tool_calls: [
            { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'a dot', is_error: true },
        { role: 'user', content: 'Here.' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'Looks.', parameters: { type: 'object' } },
        },
      ],
      stream: true,
      stream_options: { include_usage: true },
    },
  ],
])('a request in the form %s', (form, body) => {
  expect(forms[form].body(draft)).toEqual(body);
});

test('text alone is said as text, and what says nothing is left out', () => {
  const said = { ...draft, system: ' ', tools: [], isStreamed: false, parameters: {} };
  const body = forms.messages.body({
    ...said,
    turns: [turn('user', textPart('Hello')), turn('assistant'), turn('user', textPart(''))],
  });
  expect(body).toEqual({
    model: 'claude-sonnet-4-6',
    messages: [{ role: 'user', content: 'Hello' }],
  });
});

test('functions are tools of the Messages form too', () => {
  const { tools } = forms.messages.body({
    ...draft,
    tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
  });
  expect(tools).toEqual([{ name: 'look', input_schema: { type: 'object' } }]);
});
