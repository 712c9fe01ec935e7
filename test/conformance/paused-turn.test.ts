import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../support/conformance.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §5.5: a turn that the server's loop paused, and its continuation (§13.4, case 98). */

const scenarios = `
scenarios:
  - name: ten searches, then a pause
    times: 1
    respond:
      content:
        - { type: server_tool_use, id: srvtoolu_01A, name: web_search, input: { query: gateways } }
      stop_reason: pause_turn
`;
const tools = [{ type: 'web_search_20250305', name: 'web_search' }];
const question = { role: 'user', content: 'Search for gateways, please, and tell me all of it.' };

interface Answered {
  readonly content: readonly { readonly type: string; readonly tool_use_id?: string }[];
  readonly stop_reason: string;
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(
    'emulator: { scenarios_file: s.yaml }',
    {},
    {
      's.yaml': scenarios,
    },
  );
});
afterAll(() => gateway.stop());

test('#98 a paused turn ends without its result, and echoing its content continues it', async () => {
  const change = { max_tokens: 1024, tools, messages: [question] };
  const paused = JSON.parse((await ask(gateway, { change })).body.toString()) as Answered;
  expect(paused.stop_reason).toBe('pause_turn');
  expect(paused.content.at(-1)?.type).toBe('server_tool_use');
  const messages = [question, { role: 'assistant', content: paused.content }];
  const answer = await ask(gateway, { change: { ...change, messages } });
  const resumed = JSON.parse(answer.body.toString()) as Answered;
  expect(resumed.content[0]).toMatchObject({
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_01A',
  });
  expect(resumed.stop_reason).toBe('end_turn');
});

test('#1 a greeting is answered whole within 64 tokens, in every wording', async () => {
  for (const content of ['Hi', 'Hello', 'Hey', 'Hi there', 'Good morning', 'Say hi.']) {
    const answer = await ask(gateway, { change: { messages: [{ role: 'user', content }] } });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      stop_reason: 'end_turn',
      stop_sequence: null,
    });
  }
});

test('#149 tools cost at least what the documentation says of them', async () => {
  const count = async (more: object): Promise<number> => {
    const body = JSON.stringify({
      model: 'claude-sonnet-4-6',
      messages: [{ role: 'user', content: 'Hi' }],
      ...more,
    });
    const answer = await ask(gateway, { path: '/v1/messages/count_tokens', body });
    return (JSON.parse(answer.body.toString()) as { readonly input_tokens: number }).input_tokens;
  };
  const custom = [{ name: 'f', input_schema: { type: 'object' } }];
  const without = await count({});
  expect((await count({ tools: custom })) - without).toBeGreaterThanOrEqual(346);
  const tool_choice = { type: 'any' };
  expect((await count({ tools: custom, tool_choice })) - without).toBeGreaterThanOrEqual(313);
});
