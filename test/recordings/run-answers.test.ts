import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { resolveAnyName } from '../../src/catalog/resolve-model.ts';
import { workersAiSchemasOf } from '../../src/catalog/workers-ai-schemas.ts';
import type { RunShape } from '../../src/dialects/workers-ai/encode-run-answer.ts';
import { createRunEncoder } from '../../src/dialects/workers-ai/encode-run-answer.ts';
import type { Message } from '../../src/messages/response.ts';
import { hasRecordings, isCurrentMessagesCall, readRecordings } from '../support/recordings.ts';

/** Answers of the real API, as the Workers AI form gives them. */

const present = hasRecordings();
const answers = present
  ? readRecordings()
      .filter((recording) => isCurrentMessagesCall(recording) && recording.status === 200)
      .filter(({ json }) => json?.['stream'] !== true)
      .map(({ name, response }) => ({ name, message: JSON.parse(response.toString()) as Message }))
  : [];

const shape: RunShape = {
  isStream: false,
  wrap: (result) => result,
  options: { ignored: [] },
  ignored: [],
  model: 'anthropic/claude-sonnet-4.6',
  fields: new Set(),
  isChatLike: false,
};

const ajv = new Ajv2020({ allErrors: true });

function outputCheckOf({ model }: Message): ReturnType<Ajv2020['compile']> {
  const known = resolveAnyName(model, 'launch');
  if (known === undefined) throw new Error(`no model ${model}`);
  return ajv.compile(workersAiSchemasOf(known).outputSchema);
}

describe.skipIf(!present)('W-C05 every recorded answer in one piece', () => {
  test('W-C05 there are many', () => {
    expect(answers.length).toBeGreaterThan(100);
  });

  test('W-C05 fits the output schema of its model', () => {
    for (const { name, message } of answers) {
      const check = outputCheckOf(message);
      const { body } = createRunEncoder(shape).encodeMessage(message);
      const isValid = check(JSON.parse(Buffer.from(body).toString()));
      expect([name, isValid, check.errors]).toEqual([name, true, null]);
    }
  });

  test('W-C05 departs from it as the API sent it by nothing but what usage has besides', () => {
    const places = new Set(
      answers.flatMap(({ message }) => {
        const check = outputCheckOf(message);
        if (check(message) === true) return [];
        return (check.errors ?? []).map(
          ({ instancePath, keyword }) => `${instancePath} ${keyword}`,
        );
      }),
    );
    expect([...places]).toEqual(['/usage additionalProperties']);
  });
});
