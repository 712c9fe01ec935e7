import { describe, expect, test } from 'vitest';
import {
  scenarioErrorTypes,
  scenarioResultTypes,
  scenarioStopReasons,
} from '../../config/scenario.ts';
import type { ScenarioBlock } from '../../config/scenario.ts';
import { serverToolResultTypes } from '../../messages/content-blocks.ts';
import { errorTable } from '../../messages/errors.ts';
import type { Message } from '../../messages/response.ts';
import { stopReasons } from '../../messages/response.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import { overrideMessage, overridePace, planScripted } from './scripted-answer.ts';
import { scriptedError, wholeError } from './scripted-error.ts';

const plan = (content: string | readonly ScenarioBlock[]): ReturnType<typeof planScripted> =>
  planScripted(content, new DeterministicRandom('seed'));

const message: Message = {
  model: 'm',
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [],
  stop_reason: 'end_turn',
  stop_sequence: null,
  stop_details: null,
  usage: { input_tokens: 5, output_tokens: 7 },
};

test('scenarios may use every name that the protocol has', () => {
  expect(scenarioStopReasons).toEqual(stopReasons);
  expect(scenarioResultTypes).toEqual(serverToolResultTypes);
  const types = new Set(Object.values(errorTable).map(({ type }) => type));
  expect(new Set(scenarioErrorTypes)).toEqual(types);
});

describe('content', () => {
  test('a text is one block, an empty one none', () => {
    expect(plan('Hi')).toEqual([{ kind: 'text', text: 'Hi' }]);
    expect(plan('')).toEqual([]);
  });

  test('a result belongs to the call before it, unless it says another', () => {
    const blocks = plan([
      { type: 'server_tool_use', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', content: [] },
      { type: 'mcp_tool_use', name: 'f', server_name: 's', input: {}, id: 'mcptoolu_1' },
      { type: 'mcp_tool_result', content: 'ok' },
      { type: 'web_fetch_tool_result', content: null, tool_use_id: 'srvtoolu_x' },
    ]);
    const [call, ...rest] = blocks.map((block) => ('block' in block ? block.block : undefined));
    expect(call).toHaveProperty('id', expect.stringMatching(/^srvtoolu_01\w{22}$/));
    expect(rest).toMatchObject([
      { tool_use_id: call !== undefined && 'id' in call ? call.id : '' },
      { id: 'mcptoolu_1' },
      { tool_use_id: 'mcptoolu_1', is_error: false },
      { tool_use_id: 'srvtoolu_x' },
    ]);
  });

  test('the rest goes in as it is', () => {
    const blocks: readonly ScenarioBlock[] = [
      { type: 'text', text: 'cited', citations: [{ cited_text: 'c' }] },
      { type: 'redacted_thinking', data: 'abc' },
      { type: 'container_upload', file_id: 'file_1' },
      { type: 'compaction', content: 'short' },
    ];
    expect(plan(blocks)).toEqual([
      {
        kind: 'text',
        text: 'cited',
        citations: [{ type: 'char_location', cited_text: 'c' }],
      },
      ...blocks.slice(1).map((block) => ({ kind: 'result', block })),
    ]);
  });
});

describe('what stands in place of what was made', () => {
  test('the end, the model and counts', () => {
    expect(
      overrideMessage(message, {
        stop_reason: 'pause_turn',
        model: 'other',
        usage: { output_tokens: 99 },
      }),
    ).toMatchObject({
      stop_reason: 'pause_turn',
      model: 'other',
      usage: { input_tokens: 5, output_tokens: 99 },
    });
    expect(overrideMessage(message, {})).toEqual(message);
  });

  test.each(['max_tokens', 'stop_sequence', 'model_context_window_exceeded'] as const)(
    'not the end that %s gave',
    (stop_reason) => {
      const limited = { ...message, stop_reason };
      expect(overrideMessage(limited, { stop_reason: 'refusal' })).toEqual(limited);
    },
  );

  test('of a pace what is given', () => {
    const pace = { firstTokenMs: 1, tokensPerSecond: 2, pingEveryMs: 3 };
    expect(overridePace(pace)).toEqual({ ...pace, jitterPercent: 0 });
    expect(overridePace(pace, { first_token_ms: 9, jitter_percent: 5 })).toEqual({
      ...pace,
      firstTokenMs: 9,
      jitterPercent: 5,
    });
  });
});

describe('errors', () => {
  const overloaded = { type: 'overloaded_error' } as const;

  test.each(scenarioErrorTypes)('%s has its status', (type) => {
    const { status, body } = scriptedError({ type }, 'req_1');
    expect(JSON.parse(body)).toMatchObject({ error: { type }, request_id: 'req_1' });
    const rows = Object.values(errorTable).filter((row) => row.type === type);
    expect(rows.map((row) => row.status)).toContain(status);
  });

  test('an error event befalls a stream as an event and the rest as a status', () => {
    const step = { faults: [{ kind: 'error_event', at_event: 3, error: overloaded } as const] };
    expect(wholeError(step, true)).toBeUndefined();
    expect(wholeError(step, false)).toBe(overloaded);
    expect(wholeError({ faults: [{ kind: 'status', error: overloaded }] }, true)).toBe(overloaded);
    expect(wholeError({ error: overloaded }, true)).toBe(overloaded);
    expect(wholeError({}, true)).toBeUndefined();
  });
});
