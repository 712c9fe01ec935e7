import { expect, test } from 'vitest';
import { modelDirectory } from '../../src/catalog/describe-model.ts';
import type { ModelInfo } from '../../src/messages/model-info.ts';
import { hasRecordings, readRecordings } from '../support/recordings.ts';

const present = hasRecordings();

test.skipIf(!present)('models of August 2026 describe themselves as the API did', () => {
  const lists = readRecordings().filter(
    ({ target, status }) => target === '/v1/models' && status === 200,
  );
  expect(lists.length).toBeGreaterThan(0);
  const directory = modelDirectory('ga-2026-08');
  for (const { response } of lists) {
    const { data } = JSON.parse(response.toString()) as { readonly data: readonly ModelInfo[] };
    for (const recorded of data) expect(directory.describe(recorded.id)).toEqual(recorded);
  }
});
