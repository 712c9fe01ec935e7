import { describe, expect, test } from 'vitest';
import {
  assistant,
  call,
  decodeConversation,
  knownModel,
  refusedConversation,
  system,
  tool,
  user,
} from '../../../test/support/decode-conversation.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';

const text = (value: string, more: JsonObject = {}): JsonObject => ({
  type: 'text',
  text: value,
  ...more,
});
const marker = { type: 'ephemeral' };

interface Taken {
  readonly name: string;
  readonly messages: readonly JsonValue[];
  readonly more?: JsonObject;
  readonly system?: readonly JsonValue[];
  readonly turns: readonly JsonValue[];
}

describe('a conversation becomes system text and turns', () => {
  test.each<Taken>([
    {
      name: 'a single text stays a string',
      messages: [user('hi')],
      turns: [user('hi')],
    },
    {
      name: 'B01 a system message becomes a text block of system',
      messages: [system('a'), user('hi')],
      system: [text('a')],
      turns: [user('hi')],
    },
    {
      name: 'B02 the top-level system comes before system and developer messages',
      messages: [system('a'), { role: 'developer', content: 'b' }, user('hi')],
      more: { system: 'z' },
      system: [text('z'), text('a'), text('b')],
      turns: [user('hi')],
    },
    {
      name: 'the top-level system may be blocks',
      messages: [user('hi')],
      more: { system: [text('x', { cache_control: marker }), text('y')] },
      system: [text('x', { cache_control: marker }), text('y')],
      turns: [user('hi')],
    },
    {
      name: 'B03 a late system message is hoisted',
      messages: [user('1'), assistant('2'), system('late'), user('3')],
      system: [text('late')],
      turns: [user('1'), assistant('2'), user('3')],
    },
    {
      name: 'messages around a hoisted one become one turn',
      messages: [user('1'), system('late'), user('2')],
      system: [text('late')],
      turns: [user([text('1'), text('2')])],
    },
    {
      name: 'B04 a system part keeps its marker and how long it lasts',
      messages: [
        system([text('x', { cache_control: { type: 'ephemeral', ttl: '1h' } })]),
        user('hi'),
      ],
      system: [text('x', { cache_control: { type: 'ephemeral', ttl: '1h' } })],
      turns: [user('hi')],
    },
    {
      name: 'B05 messages of one role in a row become one turn',
      messages: [user('a'), user('b')],
      turns: [user([text('a'), text('b')])],
    },
    {
      name: 'B06 an empty assistant message is dropped, and its neighbours are one turn',
      messages: [user('a'), assistant(''), user('b')],
      turns: [user([text('a'), text('b')])],
    },
    {
      name: 'blank parts are dropped',
      messages: [user([text(' \n'), text('a'), text('')])],
      turns: [user([text('a')])],
    },
    {
      name: 'B39 names are left out',
      messages: [user('hi', { name: 'bob' })],
      turns: [user('hi')],
    },
    {
      name: 'B37 a refusal is kept as text',
      messages: [user('a'), assistant([{ type: 'refusal', refusal: 'no' }]), user('b')],
      turns: [user('a'), assistant([text('no')]), user('b')],
    },
    {
      name: 'the refusal of an answer is kept behind its text',
      messages: [user('a'), assistant('I', { refusal: 'cannot' }), user('b')],
      turns: [user('a'), assistant([text('I'), text('cannot')]), user('b')],
    },
    {
      name: 'what an answer has besides its text does no harm',
      messages: [
        user('a'),
        assistant('b', {
          refusal: null,
          annotations: [],
          audio: null,
          function_call: null,
          tool_calls: null,
        }),
        user('c'),
      ],
      turns: [user('a'), assistant('b'), user('c')],
    },
  ])('$name', ({ messages, more, system: instructions = [], turns }) => {
    const decoded = decodeConversation(messages, more);
    expect(decoded.messages).toEqual(turns);
    expect(decoded.system).toEqual(instructions);
  });
});

describe('what ends a cached prefix', () => {
  test.each<Taken & { readonly count: number }>([
    {
      name: 'a message marks its last block',
      messages: [user([text('a'), text('b')], { cache_control: marker }), user('c')],
      turns: [user([text('a'), text('b', { cache_control: marker }), text('c')])],
      count: 1,
    },
    {
      name: 'a message of one string becomes a block for its marker',
      messages: [user('a', { cache_control: { type: 'ephemeral', ttl: '1h' } })],
      turns: [user([text('a', { cache_control: { type: 'ephemeral', ttl: '1h' } })])],
      count: 1,
    },
    {
      name: 'a part is marked more closely than its message',
      messages: [
        user([text('a', { cache_control: { type: 'ephemeral', ttl: '1h' } })], {
          cache_control: marker,
        }),
      ],
      turns: [user([text('a', { cache_control: { type: 'ephemeral', ttl: '1h' } })])],
      count: 1,
    },
    {
      name: 'an explicit breakpoint is a marker',
      messages: [user([text('a', { prompt_cache_breakpoint: { mode: 'explicit' } })])],
      turns: [user([text('a', { cache_control: marker })])],
      count: 1,
    },
    {
      name: 'an explicit breakpoint on a block of the Messages form is a marker',
      messages: [
        user([
          {
            type: 'image',
            source: { type: 'url', url: 'https://x/y' },
            prompt_cache_breakpoint: { mode: 'explicit' },
          },
        ]),
      ],
      turns: [
        user([
          { type: 'image', source: { type: 'url', url: 'https://x/y' }, cache_control: marker },
        ]),
      ],
      count: 1,
    },
    {
      name: 'an empty text hands its marker to the block before it',
      messages: [user([text('a'), text('', { cache_control: marker })])],
      turns: [user([text('a', { cache_control: marker })])],
      count: 1,
    },
    {
      name: 'an empty message hands its marker to the message before it',
      messages: [user('a'), assistant('b'), user(' ', { cache_control: marker }), user('c')],
      turns: [user('a'), assistant([text('b', { cache_control: marker })]), user('c')],
      count: 1,
    },
    {
      name: 'a marker with nothing before it is dropped',
      messages: [user('', { cache_control: marker }), user('a')],
      turns: [user('a')],
      count: 0,
    },
    {
      name: 'the result of a tool is marked by its message, its parts by themselves',
      messages: [
        assistant(null, { tool_calls: [call('t1')] }),
        tool('t1', [text('r', { cache_control: marker })], { cache_control: marker }),
      ],
      turns: [
        assistant([{ type: 'tool_use', id: 't1', name: 'f', input: {} }]),
        user([
          {
            type: 'tool_result',
            tool_use_id: 't1',
            content: [text('r', { cache_control: marker })],
            cache_control: marker,
          },
        ]),
      ],
      count: 2,
    },
  ])('$name', ({ messages, turns, count }) => {
    const decoded = decodeConversation(messages);
    expect(decoded.messages).toEqual(turns);
    expect(decoded.cacheMarkers).toBe(count);
  });

  test('markers of system and messages are counted together', () => {
    const marked = text('x', { cache_control: marker });
    const decoded = decodeConversation([system([marked, marked]), user([marked])], {
      system: [marked],
    });
    expect(decoded.cacheMarkers).toBe(4);
  });
});

describe('the end of a conversation', () => {
  const conversation = [user('a'), assistant('b ')];

  test('B08 an assistant message at the end is refused where the model does not continue it', () => {
    expect(refusedConversation(conversation)?.param).toBe('messages');
  });

  test.each([
    ['a model that continues it', knownModel('claude-sonnet-4-20250514')],
    ['a model that is not known', 'unknown' as const],
  ])('%s gets it without the white space at its end', (_name, model) => {
    expect(decodeConversation(conversation, {}, model).messages).toEqual([
      user('a'),
      assistant('b'),
    ]);
  });

  test('a turn of server tools that was paused goes on', () => {
    const use = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
    const paused = [user('a'), assistant([text('b'), use])];
    expect(decodeConversation(paused).messages).toEqual(paused);
  });
});

describe('a conversation that cannot be one is refused, with the field that is wrong', () => {
  test.each<readonly [string, JsonValue, string]>([
    ['no messages', null, 'messages'],
    ['no array', 'hi', 'messages'],
    ['an empty array', [], 'messages'],
    ['B07 nothing but white space', [user('   ')], 'messages'],
    ['B09 nothing but system text', [system('a')], 'messages'],
    ['a message that is no object', [user('a'), 'b'], 'messages[1]'],
    ['no role', [{ content: 'a' }], 'messages[0].role'],
    ['an unknown role', [{ role: 'model', content: 'a' }], 'messages[0].role'],
    ['a role from the prototype', [{ role: 'constructor', content: 'a' }], 'messages[0].role'],
    ['a user without content', [{ role: 'user' }], 'messages[0].content'],
    ['a user with a number', [user(5)], 'messages[0].content'],
    ['a system message without content', [system(null)], 'messages[0].content'],
    ['an image in system text', [system([{ type: 'image_url' }])], 'messages[0].content[0].type'],
    [
      'a marker of an unknown kind',
      [user('a', { cache_control: { type: 'x' } })],
      'messages[0].cache_control.type',
    ],
    [
      'a marker that is no object',
      [user([text('a', { cache_control: 'yes' })])],
      'messages[0].content[0].cache_control',
    ],
    [
      'a marker with a time that is none',
      [user([text('a', { cache_control: { type: 'ephemeral', ttl: '2h' } })])],
      'messages[0].content[0].cache_control.ttl',
    ],
    ['a refusal that is no text', [assistant('a', { refusal: 1 })], 'messages[0].refusal'],
  ])('%s', (_name, messages, param) => {
    expect(refusedConversation(messages)?.param).toBe(param);
  });

  test('a top-level system that is no text', () => {
    expect(refusedConversation([user('a')], { system: 5 })?.param).toBe('system');
    expect(refusedConversation([user('a')], { system: [5] })?.param).toBe('system[0]');
  });
});

test('fields without effect are named once each', () => {
  const image = { type: 'image_url', image_url: { url: 'https://x/y.png', detail: 'high' } };
  const decoded = decodeConversation([
    user([image], { name: 'bob' }),
    assistant('a', { reasoning_content: 'x', audio: { id: 'audio_1' }, annotations: [] }),
    user('b', { name: 'eve' }),
  ]);
  expect(decoded.ignored).toEqual([
    'messages[].name',
    'messages[].content[].image_url.detail',
    'messages[].audio',
    'messages[].reasoning_content',
  ]);
});

test('the name of a function’s result has an effect: it is what the call is found by', () => {
  const { ignored } = decodeConversation([
    user('a'),
    assistant(null, { function_call: { name: 'f', arguments: '{}' } }),
    { role: 'function', name: 'f', content: 'r' },
  ]);
  expect(ignored).toEqual([]);
});
