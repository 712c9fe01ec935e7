import { describe, expect, test } from 'vitest';
import { FrameSplitter } from '../../messages/split-frames.ts';
import type { FrameVerdict, StreamWatch } from '../../messages/stream-watch.ts';
import { nativeReader } from './native-reader.ts';

function watched(
  stream: string,
  expectsUsage = false,
): {
  readonly watch: StreamWatch;
  readonly verdicts: readonly FrameVerdict[];
} {
  const watch = nativeReader.watch(expectsUsage);
  const verdicts: FrameVerdict[] = [];
  const splitter = new FrameSplitter((type, bytes, start, end) => {
    verdicts.push(watch.next(type, bytes, start, end));
  });
  splitter.push(Buffer.from(stream));
  splitter.end();
  return { watch, verdicts };
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, finish: string | null = null): string =>
  data({ id: 'x', choices: [{ index: 0, delta, finish_reason: finish }] });
const role = chunk({ role: 'assistant', content: '' });
const usage = data({
  choices: [],
  usage: {
    prompt_tokens: 123,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 100 },
  },
});
const done = 'data: [DONE]\n\n';

describe('the watch over chunks', () => {
  test('a whole stream: order, usage, end', () => {
    const { watch, verdicts } = watched(
      `${role}: ping\n\n${chunk({ content: 'a' })}${chunk({}, 'stop')}${usage}${done}`,
    );
    expect(verdicts.map((verdict) => verdict.kind === 'pass' && verdict.isContent)).toEqual([
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect([watch.ended, watch.failed, watch.usage.isFinal]).toEqual([true, false, true]);
    expect(watch.usage.usage).toMatchObject({
      inputTokens: 23,
      cacheReadTokens: 100,
      outputTokens: 7,
    });
  });

  test.each<[string, boolean]>([
    [role, false],
    [chunk({ content: null, tool_calls: [] }), false],
    [chunk({ content: 'a' }), true],
    [chunk({ reasoning_content: 'a' }), true],
    [chunk({ tool_calls: [{ index: 0, function: { name: 'f' } }] }), true],
    [data({ choices: 'none' }), false],
    [`event: message\n${chunk({ content: 'a' })}`, true],
  ])('%s is content: %s', (frame, isContent) => {
    expect(watched(frame).verdicts).toEqual([{ kind: 'pass', isContent }]);
  });

  test.each<[string, string, boolean]>([
    ['nothing yet', role + chunk({ content: 'a' }), false],
    ['an empty reason', chunk({ content: 'a' }, ''), false],
    ['a reason to finish, which is not its mark', chunk({}, 'stop'), false],
    ['only its end', done, true],
    ['its end without a blank line', `${role}data: [DONE]`, true],
  ])('%s: ended %s', (_name, stream, ended) => {
    expect(watched(stream).watch.ended).toBe(ended);
  });

  test.each<[string, string, boolean, boolean]>([
    ['nothing yet', role + chunk({ content: 'a' }), false, false],
    ['a reason to finish', role + chunk({}, 'stop'), false, true],
    ['a reason, and usage to come', role + chunk({}, 'stop'), true, false],
    ['a reason and the usage', role + chunk({}, 'stop') + usage, true, true],
    ['its end too', chunk({}, 'stop') + done, false, false],
  ])('%s: lacks only its end where usage is asked for', (_name, stream, expects, lacks) => {
    expect(watched(stream, expects).watch.lacksOnlyEnd).toBe(lacks);
  });

  test('what comes after the end is late, but for usage before [DONE]', () => {
    const { verdicts } = watched(`${chunk({}, 'stop')}${usage}${done}${role}: ping\n\n`);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['pass', 'pass', 'pass', 'late', 'pass']);
  });

  test.each<[object, string, string | undefined]>([
    [{ message: 'Slow', type: 'rate_limit_error', code: null }, 'rate_limited', 'Slow'],
    [{ message: 'Slow', code: 429 }, 'rate_limited', 'Slow'],
    [{ message: 'Busy', code: '503' }, 'overloaded', 'Busy'],
    [{ message: 'Broken', type: 'server_error', code: 'x' }, 'internal', 'Broken'],
    [{}, 'internal', undefined],
  ])('the error %j fails the stream with %s', (error, code, detail) => {
    const { watch, verdicts } = watched(`${role}${data({ error })}${done}`);
    expect(verdicts[1]).toMatchObject({ kind: 'error', said: { code } });
    expect(verdicts[1]?.kind === 'error' ? verdicts[1].said.detail : '').toBe(detail);
    expect([watch.ended, watch.failed, verdicts[2]?.kind]).toEqual([true, true, 'late']);
  });

  test.each(['data: {"choices":\n\n', 'data: [1]\n\n', 'data: hello\n\n'])(
    '%j breaks the stream',
    (frame) => {
      expect(watched(frame).verdicts).toMatchObject([{ kind: 'broken' }]);
    },
  );
});

describe('the usage of one piece', () => {
  test.each<[string, number | undefined, boolean]>([
    ['{"usage":{"prompt_tokens":5,"completion_tokens":7}}', 7, true],
    ['{"usage":null}', undefined, false],
    ['{"usage":{"prompt_tokens":"5"}}', undefined, false],
    ['[]', undefined, false],
    ['no json', undefined, false],
  ])('%s', (body, outputTokens, isFinal) => {
    const { usage: state } = nativeReader.whole(Buffer.from(body));
    expect([state.usage.outputTokens, state.isFinal]).toEqual([outputTokens, isFinal]);
  });
});

describe('why the model stopped, in the words of the canonical form', () => {
  test.each<[string, object, string | undefined]>([
    ['an end', { finish_reason: 'stop' }, 'end_turn'],
    ['a bound', { finish_reason: 'length' }, 'max_tokens'],
    ['calls', { finish_reason: 'tool_calls' }, 'tool_use'],
    ['a call of 2023', { finish_reason: 'function_call' }, 'tool_use'],
    ['a filter', { finish_reason: 'content_filter' }, 'refusal'],
    ['a word of next year', { finish_reason: 'tired' }, 'end_turn'],
    [
      'the word of the API beside it',
      { finish_reason: 'stop', native_finish_reason: 'pause_turn' },
      'pause_turn',
    ],
    ['no reason', { finish_reason: null }, undefined],
    ['another choice', { index: 1, finish_reason: 'length' }, undefined],
  ])('%s', (_name, choice, reason) => {
    const choices = [{ index: 0, delta: {}, message: {}, ...choice }];
    const { watch } = watched(role + data({ choices }) + done);
    expect(watch.stopReason).toBe(reason);
    expect(nativeReader.whole(Buffer.from(JSON.stringify({ choices }))).stopReason).toBe(reason);
  });

  test('the first word of the first choice counts', () => {
    const other = data({ choices: [{ index: 1, delta: {}, finish_reason: 'length' }] });
    const { watch } = watched(other + chunk({}, 'stop') + chunk({}, 'length') + done);
    expect(watch.stopReason).toBe('end_turn');
  });
});
