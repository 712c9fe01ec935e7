import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultBench, CellRun } from '../support/fault-run.ts';
import { FaultBench as Bench } from '../support/fault-run.ts';
import { problemsOf } from '../support/fault-checks.ts';
import type { FaultForm } from '../support/fault-forms.ts';
import { count, faultForms, wireForms } from '../support/fault-forms.ts';
import { heardBySdk } from '../support/fault-sdk.ts';
import { faultCase } from '../support/fault-table.ts';
import { chunk, engineStream, finish } from '../support/engine-chunks.ts';
import { eventOf } from '../support/fault-answer.ts';
import {
  blockStart,
  blockStop,
  messageStart,
  messageStop,
  textDelta,
} from '../support/event-stream.ts';
import { sendRaw } from '../support/post.ts';
import type { RawAnswer } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What users of other gateways complained of (lessons C.1 to C.7), where no other test has it. */

let bench: FaultBench;
let upstream: ScriptedUpstream;
let plain: TestGateway;
let engine: TestGateway;
beforeAll(async () => {
  bench = await Bench.start();
  upstream = await startScriptedUpstream((_request, response) => response.end());
  plain = await startTestGateway(upstreamYaml(upstream.url));
  engine = await startTestGateway(
    `upstreams:\n  own:\n    kind: chat-completions\n    engine: vllm\n    base_url: ${upstream.url}/v1\n    auth: none\n    models: { claude-sonnet-4-6: theirs }\n`,
  );
});
afterAll(async () => {
  await bench.stop();
  await plain.stop();
  await engine.stop();
  await upstream.stop();
});

/** Asks for a stream of these bytes, in a form. */
function ask(
  gateway: TestGateway,
  form: FaultForm,
  bytes: string,
  isStream = true,
): Promise<RawAnswer> {
  upstream.script = (_request, response) => {
    const type = bytes.startsWith('{') ? 'application/json' : 'text/event-stream';
    response.writeHead(200, { 'content-type': type });
    response.end(bytes);
  };
  const { path, headers, body } = wireForms[form];
  return sendRaw(`${gateway.url}${path}`, {
    headers: headers(gateway.key),
    body: JSON.stringify(body(isStream)),
  });
}

async function come(
  fault: Parameters<typeof faultCase>[0],
  at: Parameters<typeof faultCase>[1],
  form: FaultForm,
): Promise<CellRun> {
  const cell = faultCase(fault, at);
  const run = await bench.run({ form, isStream: true, ...cell, seed: 1, allFail: false });
  expect(problemsOf(run)).toEqual([]);
  return run;
}

const call = {
  start: eventOf('content_block_start', {
    index: 1,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'find', input: {} },
  }),
  half: eventOf('content_block_delta', {
    index: 1,
    delta: { type: 'input_json_delta', partial_json: '{"what":"ri' },
  }),
};
const callEnd =
  eventOf('content_block_delta', {
    index: 1,
    delta: { type: 'input_json_delta', partial_json: 'ver"}' },
  }) +
  eventOf('content_block_stop', { index: 1 }) +
  eventOf('message_delta', {
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 9 },
  }) +
  messageStop;

describe('streams of the API', () => {
  test.each(faultForms)(
    'failure F2 a call that is cut ends with an error, in the form %s',
    async (form) => {
      const cut = messageStart + blockStart + textDelta('a') + blockStop + call.start + call.half;
      const text = (await ask(plain, form, cut)).body.toString();
      const { errors, ends } = wireForms[form];
      expect([count(text, errors), count(text, ends)]).toEqual([1, 0]);
    },
  );

  test.each(faultForms.flatMap((form) => [true, false].map((way) => [form, way] as const)))(
    'lesson L5 a call behind an empty text is why it ends, in the form %s, streamed: %s',
    async (form, isStream) => {
      const whole = messageStart + blockStart + blockStop + call.start + call.half + callEnd;
      const one = JSON.stringify({
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [
          { type: 'text', text: '' },
          { type: 'tool_use', id: 'toolu_1', name: 'find', input: { what: 'river' } },
        ],
        stop_reason: 'tool_use',
        stop_sequence: null,
        usage: { input_tokens: 3, output_tokens: 9 },
      });
      // The canonical form asks for what its caller asked for.
      const isDocument = form === 'messages' && !isStream;
      const answer = await ask(plain, form, isDocument ? one : whole, isStream);
      const text = answer.body.toString();
      expect(text).toMatch(
        form === 'chat' ? /"finish_reason":"tool_calls"/ : /"stop_reason":"tool_use"/,
      );
      expect(text).not.toMatch(/"(?:finish_reason|stop_reason)":"(?:stop|end_turn)"/);
    },
  );

  test.each(faultForms)(
    'lesson L6 an error in a stream is a failed request, in the form %s',
    async (form) => {
      const { cell, walletNano, posted } = await come('error-event', 'P4', form);
      expect(cell.records[0]?.errorCode).toBe('upstream_error');
      expect(walletNano - posted).toBe(0n);
    },
  );

  test.each(faultForms)(
    'lesson L7 silence has an end that is told, in the form %s',
    async (form) => {
      const { client } = await come('stall', 'P4', form);
      expect([count(client.text, wireForms[form].errors), client.isComplete]).toEqual([1, true]);
    },
  );

  test.each(faultForms)(
    'lesson L13 an overload behind the head is tried elsewhere, in the form %s',
    async (form) => {
      const { client, cell } = await come('error-event', 'P3', form);
      expect([client.status, cell.attempts.length]).toEqual([200, 2]);
    },
  );

  test.each(faultForms)('lesson L14 an SDK hears all of it, in the form %s', async (form) => {
    const run = await come('reset', 'P6', form);
    expect(await heardBySdk(run)).toBe(run.answers[0]?.marks);
  });
});

describe('streams of engines', () => {
  test('lesson L1 the start has the input, also where the engine says it at the end only', async () => {
    const bytes = engineStream([chunk({ content: 'a' }), finish('stop')]);
    const text = (await ask(engine, 'messages', bytes)).body.toString();
    const [, start = ''] = /^data: (\{"type":"message_start".*)$/m.exec(text) ?? [];
    const { message } = JSON.parse(start) as { readonly message: { readonly usage: object } };
    expect(message.usage).toMatchObject({ input_tokens: expect.any(Number) as number });
    expect(message.usage).not.toMatchObject({ input_tokens: 0 });
  });

  test.each<[string, string]>([
    [
      'failure F3 an engine that says it failed',
      engineStream([chunk({ content: 'a' }), { error: { message: 'It failed.', code: 500 } }]),
    ],
    [
      'failure F3 an engine whose only word is that it failed',
      engineStream([chunk({ content: 'a' }), finish('error')]),
    ],
    [
      'failure F5 an engine that just stops',
      engineStream([chunk({ content: 'a' })]).replace('data: [DONE]\n\n', ''),
    ],
  ])('%s has not ended its turn', async (_name, bytes) => {
    const text = (await ask(engine, 'messages', bytes)).body.toString();
    expect(count(text, wireForms.messages.errors)).toBe(1);
    expect(text).not.toContain('end_turn');
    expect(text).not.toContain('message_stop');
  });
});
