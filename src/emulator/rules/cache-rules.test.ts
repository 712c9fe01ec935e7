import { expect, test } from 'vitest';
import { CachingEmulator } from '../../../test/support/caching-emulator.ts';

const minutes = { cache_control: { type: 'ephemeral' } };
const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const text = (more: object = {}): object => ({ type: 'text', text: 'Hi', ...more });
const times = (count: number, block: object): object[] =>
  Array.from({ length: count }, () => block);
const tool = (more: object): object => ({ name: 'f', input_schema: { type: 'object' }, ...more });
const base = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: [text()] }],
};
const asking = (...content: object[]): object => ({ messages: [{ role: 'user', content }] });
const thinking = (more: object): object => ({
  type: 'thinking',
  thinking: 'Hm.',
  signature: 'x',
  ...more,
});
const called = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
const result = (content: object[], more: object = {}): object => ({
  tools: [tool({})],
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [called] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content, ...more }] },
  ],
});
const order = (path: string): string =>
  `${path}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`;
const tooMany = 'A maximum of 4 blocks with cache_control may be provided. Found 5.';

test.each<[string, object, string | undefined]>([
  ['four', asking(...times(4, text(minutes))), undefined],
  ['#125 five', asking(...times(5, text(minutes))), tooMany],
  [
    '#125 five, over all levels',
    {
      tools: [tool(minutes)],
      system: times(2, text(minutes)),
      ...asking(...times(2, text(minutes))),
    },
    tooMany,
  ],
  ['five, those inside of a result counted', result(times(4, text(minutes)), minutes), tooMany],
  ['#129 automatic with four', { ...minutes, system: times(4, text(minutes)) }, tooMany],
  ['automatic with three', { ...minutes, system: times(3, text(minutes)) }, undefined],
  ['an hour before minutes', asking(text(hour), text(minutes)), undefined],
  ['#126 minutes before an hour', asking(text(minutes), text(hour)), order('messages.0.content.1')],
  [
    '#126 over levels',
    { system: [text(minutes)], ...asking(text(hour)) },
    order('messages.0.content.0'),
  ],
  [
    '#126 tools come first',
    { tools: [tool(minutes)], system: [text(), text(hour)] },
    order('system.1'),
  ],
  ['#126 inside of a result', result([text(minutes)], hour), order('messages.2.content.0')],
  [
    'an automatic hour behind minutes',
    { ...hour, system: [text(minutes)] },
    order('').replace('.cache_control', 'cache_control'),
  ],
  ['automatic minutes behind an hour', { ...minutes, system: [text(hour)] }, undefined],
  ['automatic, on a block that says the same', { ...minutes, ...asking(text(minutes)) }, undefined],
  [
    'automatic, on a block that says otherwise',
    { ...minutes, ...asking(text(hour)) },
    "Top-level cache_control has ttl='5m' but the target block already has cache_control with ttl='1h'. When both are specified on the same block, they must have matching TTLs.",
  ],
  [
    '#127 empty text',
    asking({ ...text(minutes), text: '' }),
    'messages.0.content.0.text: cache_control cannot be set for empty text blocks',
  ],
  [
    'empty text of the system prompt',
    { system: [text(), { ...text(minutes), text: '' }] },
    'system.1.text: cache_control cannot be set for empty text blocks',
  ],
  [
    'a tool that is deferred',
    { tools: [{ ...tool({}), name: 'g' }, tool({ ...minutes, defer_loading: true })] },
    "Tool 'f' cannot have both defer_loading=true and cache_control set. Tools with defer_loading cannot use prompt caching.",
  ],
  [
    'a thinking block',
    {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [thinking(minutes), text()] },
        { role: 'user', content: 'Go on' },
      ],
    },
    'messages.1.content.0.thinking.cache_control: Extra inputs are not permitted',
  ],
  [
    'an unknown member',
    { system: [text(), text(), text({ cache_control: { type: 'ephemeral', scope: 'x' } })] },
    'system.2.cache_control.ephemeral.scope: Extra inputs are not permitted',
  ],
  ['null is none', { cache_control: null, system: [text({ cache_control: null })] }, undefined],
])('%s', async (_name, more, expected) => {
  expect(await new CachingEmulator().refused({ ...base, ...more })).toBe(expected);
});
