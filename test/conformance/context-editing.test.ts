import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, askMessage } from '../support/conformance.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §2.5: what a request leaves out of its context, and what the answer says of it. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const betas = 'context-management-2025-06-27';
const words = 'lorem ipsum '.repeat(100);
const call = (id: string): readonly object[] => [
  { role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: words }] },
];
const asked = {
  max_tokens: undefined,
  messages: [{ role: 'user', content: 'x' }, ...['a', 'b', 'c', 'd', 'e'].flatMap(call)],
  tools: [{ name: 'f', input_schema: { type: 'object' } }],
};
const clearing = {
  edits: [{ type: 'clear_tool_uses_20250919', trigger: { type: 'tool_uses', value: 4 } }],
};
const edited = { ...asked, context_management: clearing };
const applied = { type: 'clear_tool_uses_20250919', cleared_tool_uses: 2 };

interface Count {
  readonly input_tokens: number;
  readonly context_management?: { readonly original_input_tokens: number };
}

async function count(change: object): Promise<Count> {
  const answer = await ask(gateway, { path: '/v1/messages/count_tokens', betas, change });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body.toString()) as Count;
}

test('a count says what the prompt is and what it was', async () => {
  const [plain, cleared] = [await count(asked), await count(edited)];
  expect(plain.context_management).toBeUndefined();
  expect(cleared.context_management).toEqual({ original_input_tokens: plain.input_tokens });
  expect(cleared.input_tokens).toBeLessThan(plain.input_tokens);
});

test('an answer is charged for what was left and names the edits', async () => {
  const cleared = await count(edited);
  const message = await askMessage(gateway, { betas, change: { ...edited, max_tokens: 512 } });
  expect(message.usage['input_tokens']).toBe(cleared.input_tokens);
  const original = cleared.context_management?.original_input_tokens ?? 0;
  expect(message).toMatchObject({
    context_management: {
      applied_edits: [{ ...applied, cleared_input_tokens: original - cleared.input_tokens }],
    },
  });
});

test('a stream names them beside the usage at its end', async () => {
  const change = { ...edited, max_tokens: 512, stream: true };
  const answer = await ask(gateway, { betas, change });
  const events = answer.body
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)) as { readonly type: string });
  expect(events[0]).not.toHaveProperty('message.context_management');
  expect(events.find(({ type }) => type === 'message_delta')).toMatchObject({
    context_management: { applied_edits: [applied] },
  });
});
