import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { models } from '../src/catalog/models.ts';
import { workersAiSchemasOf } from '../src/catalog/workers-ai-schemas.ts';
import { relaxInputSchema } from '../src/dialects/workers-ai/relax-input-schema.ts';
import { printSchemaType } from './support/print-schema-type.ts';
import { projectRoot } from './support/source-files.ts';

const path = join(projectRoot, 'clients/workers-ai/claude-models.ts');

/** What the gateway takes by default, and not only what is published: types for tool loops too. */
const inputType = (acceptsSamplers: boolean): string =>
  printSchemaType(relaxInputSchema(workersAiSchemasOf({ acceptsSamplers }).inputSchema), 'giving');

const outputType = (acceptsSamplers: boolean): string =>
  printSchemaType(workersAiSchemasOf({ acceptsSamplers }).outputSchema, 'getting');

function generated(): string {
  const rows = models.flatMap(({ formNames, acceptsSamplers }) =>
    formNames.workersAi.map((name) => {
      return `  '${name}': ${acceptsSamplers ? 'SampledModel' : 'UnsampledModel'};`;
    }),
  );
  return `// Generated from the catalog: \`UPDATE=1 npm test -- --project house test/claude-models.test.ts\`.
/* oxlint-disable typescript/no-explicit-any -- an interface fits an open object only where that takes any */

/** What a Claude model takes. */
export type ClaudeInputs = ${inputType(true)};

/** What a model takes that chooses its own sampling. */
export type UnsampledClaudeInputs = ${inputType(false)};

/** What a Claude model gives in one piece. */
export type ClaudeMessage = ${outputType(true)};

type SampledModel = { inputs: ClaudeInputs; postProcessedOutputs: ClaudeMessage };
type UnsampledModel = { inputs: UnsampledClaudeInputs; postProcessedOutputs: ClaudeMessage };

/** Every model of the catalog by its name, with what it takes and what it gives. */
export type ClaudeModels = {
${rows.join('\n')}
};
`;
}

describe('the types of quatrain/workers-ai', () => {
  test('are what the catalog publishes (UPDATE=1 writes them)', () => {
    if (process.env['UPDATE'] === '1') writeFileSync(path, generated());
    expect(readFileSync(path, 'utf8')).toBe(generated());
  });

  test('one type of answer fits every model', () => {
    expect(outputType(true)).toBe(outputType(false));
  });
});
