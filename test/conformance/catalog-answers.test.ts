import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelsOf } from '../../src/catalog/profiles.ts';
import { workersAiPresentations } from '../../src/catalog/workers-ai-presentations.ts';
import { formFacts, formsOf } from '../../src/pages/page-forms.ts';
import type { PageForm } from '../../src/pages/page-forms.ts';
import { pageExamples } from '../../src/pages/page-examples.ts';
import { findKnownModel } from '../../src/gateway/find-known-model.ts';
import type { JsonObject } from '../../src/std/json.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The answers that pages show are those that the gateway gives, with the emulator behind it. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway('emulator: {first_token_ms: 0, tokens_per_second: 1000000}');
});
afterAll(() => gateway.stop());

const cases = modelsOf('launch').flatMap((model) =>
  formsOf(model).map((form) => ({ model, form })),
);

test.each(cases)('$model.id, $form', async ({ model, form }) => {
  const { settings } = gateway.gateway;
  const name = formFacts[form].nameOf(model) ?? model.id;
  const atMs = Date.now();
  const reading = {
    ...settings,
    findModel: (asked: string) => findKnownModel(asked, settings, atMs),
    nearModels: () => [],
  };
  const examples = pageExamples({ form, model, name, reading });
  const outputs = workersAiPresentations[model.id]?.outputs ?? {};
  expect(examples).toHaveLength(5);
  for (const { name: example, body, blocks } of examples) {
    const folded = blocks.filter((block) => block.kind === 'folded');
    const [output, raw] = folded;
    if (output === undefined || raw === undefined) throw new Error('no answer');
    // What the model itself said once stands in what the emulator puts around it.
    const recorded = outputs[example];
    const answered = recorded === undefined ? await ask(form, name, body) : undefined;
    expect(output.title).toBe(
      recorded === undefined ? 'Output of the built-in emulator' : 'Output',
    );
    expect(output.code).toBe(recorded ?? output.code);
    expect(answered?.status ?? 200).toBe(200);
    expect(settled(raw.code)).toBe(settled(answered?.text ?? raw.code));
  }
});

async function ask(
  form: PageForm,
  model: string,
  body: JsonObject,
): Promise<{ readonly status: number; readonly text: string }> {
  // The binding's own route: its answers stand in no envelope.
  const asked = form === 'workers-ai' ? { inputs: body, options: {} } : { ...body, model };
  const path = form === 'workers-ai' ? '/run' : formFacts[form].requestPath;
  const answer = await sendRaw(`${gateway.url}${path}`, {
    headers: { ...gateway.headers, 'cf-consn-model-id': model },
    body: JSON.stringify(asked),
  });
  return { status: answer.status, text: answer.body.toString() };
}

/** Without what differs from request to request: ids and times of the Chat Completions form, pings. */
function settled(text: string): string {
  const compact = text.startsWith('{') ? JSON.stringify(JSON.parse(text)) : text.trimEnd();
  return compact
    .replaceAll(/chatcmpl-[A-Za-z0-9]+/g, 'chatcmpl-')
    .replaceAll(/"created":\d+/g, '"created":0')
    .replaceAll('event: ping\ndata: {"type": "ping"}\n\n', '');
}
