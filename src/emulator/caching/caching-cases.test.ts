import { describe, expect, test } from 'vitest';
import type { InputUsage } from '../../../test/support/caching-emulator.ts';
import { CachingEmulator } from '../../../test/support/caching-emulator.ts';

const MINUTE_MS = 60_000;
const cached = { cache_control: { type: 'ephemeral' } };
const cachedHour = { cache_control: { type: 'ephemeral', ttl: '1h' } };

/** About so many tokens of plain words, each text another one. */
function words(about: number, name = 'word'): string {
  return Array.from({ length: about }, (_, at) => `${name}${String(at % 10)}`).join(' ');
}

const long = words(1500);
const text = (value: string, more: object = {}): object => ({
  type: 'text',
  text: value,
  ...more,
});
const user = (content: unknown): object => ({ role: 'user', content });
const assistant = (content: unknown): object => ({ role: 'assistant', content });
const tool = (name: string, more: object = {}): object => ({
  name,
  description: words(700, name),
  input_schema: { type: 'object', properties: {} },
  ...more,
});

const base = { model: 'claude-sonnet-4-6', max_tokens: 64, messages: [user('Hi')] };
const cachedSystem = { ...base, system: [text(long, cached)] };
const nothing = { creation: 0, read: 0, written5m: 0, written1h: 0 };
const total = ({ input, creation, read }: InputUsage): number => input + creation + read;

describe.each([
  ['in one piece', false],
  ['as a stream', true],
])('%s', (_name, isStream) => {
  const emulator = (): CachingEmulator => new CachingEmulator({ isStream });

  test('#120 #121 #134 a long system prompt is written, then read; the sum stays', async () => {
    const asked = emulator();
    const first = await asked.usage(cachedSystem);
    expect(first.creation).toBeGreaterThan(1400);
    expect(first).toMatchObject({ read: 0, written5m: first.creation, written1h: 0 });
    asked.clock.advance(5 * MINUTE_MS - 1);
    const second = await asked.usage(cachedSystem);
    expect(second).toEqual({ ...nothing, input: first.input, read: first.creation });
    expect(total(second)).toBe(total(first));
    const { max_tokens: _bound, ...counted } = cachedSystem;
    expect(total(first)).toBe(await asked.count(counted));
  });

  test('#122 after five idle minutes it is written again, and a read starts them anew', async () => {
    const asked = emulator();
    const first = await asked.usage(cachedSystem);
    asked.clock.advance(4 * MINUTE_MS);
    expect((await asked.usage(cachedSystem)).read).toBe(first.creation);
    asked.clock.advance(4 * MINUTE_MS);
    expect((await asked.usage(cachedSystem)).read).toBe(first.creation);
    asked.clock.advance(5 * MINUTE_MS);
    expect(await asked.usage(cachedSystem)).toEqual(first);
  });

  test('#123 a short prefix is not stored, and that is no error', async () => {
    const asked = emulator();
    const body = (count: number): object => ({
      ...base,
      system: [text(words(count), cached)],
    });
    let count = 100;
    while (total(await asked.usage(body(count + 10))) < 960) count += 10;
    const short = await asked.usage(body(count));
    expect(short).toEqual({ ...nothing, input: total(short) });
    expect(short.input).toBeGreaterThan(900);
    expect(await asked.usage(body(count))).toEqual(short);
  });

  test('#124 one hour', async () => {
    const asked = emulator();
    const body = { ...base, system: [text(long, cachedHour)] };
    const first = await asked.usage(body);
    expect(first).toMatchObject({ written1h: first.creation, written5m: 0, read: 0 });
    asked.clock.advance(59 * MINUTE_MS);
    expect(await asked.usage(body)).toMatchObject({ read: first.creation, creation: 0 });
    asked.clock.advance(60 * MINUTE_MS);
    expect((await asked.usage(body)).read).toBe(0);
  });

  test('#128 automatic: the breakpoint moves on with the conversation', async () => {
    const asked = emulator();
    const turns = [user(long)];
    const first = await asked.usage({ ...base, ...cached, messages: turns });
    expect(first.creation).toBeGreaterThan(1400);
    expect(total(first)).toBe(first.input + first.creation);
    turns.push(assistant([text('Certainly.')]), user('And now?'));
    const second = await asked.usage({ ...base, ...cached, messages: turns });
    expect(second.read).toBe(first.creation);
    expect(second.creation).toBeGreaterThan(0);
    turns.push(assistant('Sure.'), user([text('And then?')]));
    const third = await asked.usage({ ...base, ...cached, messages: turns });
    expect(third.read).toBe(second.read + second.creation);
  });

  test('#130 another tool_choice: tools and system are read, the messages written', async () => {
    const asked = emulator();
    const body = {
      ...base,
      tools: [tool('one'), tool('two', cached)],
      system: [text(long, cached)],
      messages: [user([text(long, cached)])],
    };
    const first = await asked.usage(body);
    const prefix = await asked.usage({ ...body, messages: [user('Hi')] });
    expect(prefix.read).toBeGreaterThan(2800);
    const forced = { ...body, tool_choice: { type: 'tool', name: 'one' } };
    const second = await asked.usage(forced);
    expect(second.read).toBe(prefix.read);
    expect(second.creation).toBeGreaterThan(1400);
    expect((await asked.usage(forced)).read).toBe(second.read + second.creation);
    expect((await asked.usage(body)).read).toBe(first.creation);
  });

  test('#131 tools in another order', async () => {
    const asked = emulator();
    const tools = [tool('one'), tool('two')];
    await asked.usage({ ...cachedSystem, tools });
    const reordered = await asked.usage({ ...cachedSystem, tools: tools.toReversed() });
    expect(reordered.read).toBe(0);
    expect(reordered.creation).toBeGreaterThan(2800);
  });

  test.each([
    [18, true],
    [19, true],
    [20, false],
    [25, false],
  ])('#132 a breakpoint %i blocks past the last write', async (distance, isRead) => {
    const asked = emulator();
    const first = await asked.usage({ ...base, messages: [user([text(long, cached)])] });
    const blocks = Array.from({ length: distance }, (_, at) => text(`Block ${String(at)}.`));
    const content = [text(long), ...blocks.slice(0, -1), { ...blocks.at(-1), ...cached }];
    const second = await asked.usage({ ...base, messages: [user(content)] });
    expect(second.read).toBe(isRead ? first.creation : 0);
    expect(total(second) - second.input).toBeGreaterThan(first.creation);
  });

  test('#133 another account reads nothing', async () => {
    const asked = emulator();
    const first = await asked.usage(cachedSystem, 'one');
    expect(await asked.usage(cachedSystem, 'two')).toEqual(first);
    expect((await asked.usage(cachedSystem, 'one')).read).toBe(first.creation);
  });
});

test('#133 another model reads nothing; an alias is the same model', async () => {
  const asked = new CachingEmulator();
  const body = { ...base, system: [text(words(6000), cached)] };
  await asked.usage(body);
  expect((await asked.usage({ ...body, model: 'claude-sonnet-4-5' })).read).toBe(0);
  const dated = { ...body, model: 'claude-sonnet-4-5-20250929' };
  expect((await asked.usage(dated)).read).toBeGreaterThan(0);
});

test('lifetimes mixed: the part up to the last hour and the part behind it', async () => {
  const asked = new CachingEmulator();
  const body = {
    ...base,
    tools: [tool('one'), tool('two', cachedHour)],
    system: [text(long, cachedHour)],
    messages: [user([text(words(1200, 'turn'), cached)])],
  };
  const first = await asked.usage(body);
  expect(first.written1h).toBeGreaterThan(2800);
  expect(first.written5m).toBeGreaterThan(1100);
  expect(first.written1h + first.written5m).toBe(first.creation);
  asked.clock.advance(10 * MINUTE_MS);
  const second = await asked.usage(body);
  expect(second).toMatchObject({
    read: first.written1h,
    written1h: 0,
    written5m: first.written5m,
  });
});

test('an entry can be read once the answer that wrote it begins', async () => {
  const asked = new CachingEmulator({ firstTokenMs: 2000 });
  const running = [asked.usage(cachedSystem)];
  asked.clock.advance(1000);
  running.push(asked.usage(cachedSystem));
  asked.clock.advance(1000);
  running.push(asked.usage(cachedSystem));
  asked.clock.advance(2000);
  const [one, two, three] = await Promise.all(running);
  expect(one?.creation).toBeGreaterThan(1400);
  expect(two).toEqual(one);
  expect(three).toMatchObject({ read: one?.creation, creation: 0 });
});

test('refused requests and counts leave the cache as it was', async () => {
  const asked = new CachingEmulator();
  const { max_tokens: _bound, ...counted } = cachedSystem;
  await asked.count(counted);
  expect(await asked.refused({ ...cachedSystem, temperature: 2 })).toContain('temperature');
  expect((await asked.usage(cachedSystem)).read).toBe(0);
});

test('the same sequence has the same answers', async () => {
  const [one, two] = [new CachingEmulator(), new CachingEmulator()];
  for (const body of [cachedSystem, { ...cachedSystem, max_tokens: 65 }, cachedSystem]) {
    expect(await one.message(body)).toEqual(await two.message(body));
    one.clock.advance(MINUTE_MS);
    two.clock.advance(MINUTE_MS);
  }
});

describe('max_tokens 0 fills the cache and answers nothing', () => {
  const warm = { ...cachedSystem, max_tokens: 0 };

  test('where the model takes it', async () => {
    const asked = new CachingEmulator({ profile: 'ga-2026-08' });
    const said = await asked.message(warm);
    expect(said).toMatchObject({ content: [], stop_reason: 'max_tokens', stop_sequence: null });
    expect(said.usage.output_tokens).toBe(0);
    expect(said.usage.cache_creation_input_tokens).toBeGreaterThan(1400);
    const answered = await asked.usage(cachedSystem);
    expect(answered.read).toBe(said.usage.cache_creation_input_tokens);
  });

  test.each<[string, object]>([
    ['stream', { stream: true }],
    ['output_config.format', { output_config: { format: formatOf() } }],
    ['tool_choice', { tools: [tool('one')], tool_choice: { type: 'any' } }],
  ])('not with %s', async (option, more) => {
    const asked = new CachingEmulator({ profile: 'ga-2026-08' });
    expect(await asked.refused({ ...warm, ...more })).toContain(`\`${option}\``);
    expect((await asked.usage(cachedSystem)).read).toBe(0);
  });

  test('not with a budget for thinking', async () => {
    const asked = new CachingEmulator({ profile: 'ga-2026-08' });
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    expect(await asked.refused({ ...warm, thinking })).toContain('max_tokens');
  });

  test('not where the model does not know it', async () => {
    const said = await new CachingEmulator().refused(warm);
    expect(said).toBe('max_tokens: must be greater than or equal to 1');
  });
});

function formatOf(): object {
  const schema = { type: 'object', properties: {}, additionalProperties: false };
  return { type: 'json_schema', schema };
}
