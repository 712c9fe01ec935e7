import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitizeSchema } from '../../src/dialects/chat-completions/parameters/sanitize-schema.ts';
import { checkSubset } from '../../src/emulator/json-schema/check-subset.ts';
import { isValidToolSchema } from '../../src/emulator/rules/valid-json-schema.ts';
import { looseSchemas, typedSchemas } from '../support/loose-schemas.ts';

/** The emulator knows by itself which schemas structured outputs take: it is the witness here. */
describe('a schema that was sanitised is one that structured outputs take', () => {
  test('of those that generators make', () => {
    fc.assert(
      fc.property(typedSchemas, (given) => {
        expect(checkSubset(sanitizeSchema(given) ?? {}).issue).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('of any that are valid at all', () => {
    fc.assert(
      fc.property(looseSchemas, (given) => {
        const sanitized = sanitizeSchema(given);
        if (sanitized === undefined || !isValidToolSchema(sanitized)) return;
        expect(checkSubset(sanitized).issue).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
