import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/std/json.ts';
import { isJsonObject } from '../../src/std/json.ts';
import type { Operation } from '../../src/messages/upstream.ts';
import { askDescribed } from '../support/described-emulator.ts';
import { openApiSchemas } from '../support/openapi.ts';
import { hasRecordings } from '../support/recordings.ts';
import { pngOf } from '../support/sample-media.ts';
import { SchemaArbitrary } from '../support/schema-arbitrary.ts';

/** Requests made from the API's description: what it allows is read, what it does not is refused. */

const present = hasRecordings();

/** How a refusal speaks that finds the form of a body wrong, and not what it asks for. */
const formWords =
  /Field required|Extra inputs|Input should be|Input tag|String should|List should|Unable to extract|expected shape/;

/** Narrower than the description, as documented (API reference §2.1, §2.5, §3.1), or by the model. */
const narrower =
  /^(?:inference_geo|output_config\.effort|metadata\.user_id|.*search_result\.content|.*compact_20260112\.trigger|.*\.value): /;
/** Versions of tools that no current model has. */
const retiredTools = /(?:computer|bash|text_editor)_20241022/;

interface Described {
  readonly schema: string;
  readonly operation: Operation;
  readonly isBeta: boolean;
}
const described: readonly Described[] = [
  { schema: 'CreateMessageParams', operation: 'messages.create', isBeta: false },
  { schema: 'CountMessageTokensParams', operation: 'messages.count_tokens', isBeta: false },
  { schema: 'BetaCreateMessageParams', operation: 'messages.create', isBeta: true },
  { schema: 'BetaCountMessageTokensParams', operation: 'messages.count_tokens', isBeta: true },
];

const plainTurn = [{ role: 'user', content: 'Hi' }];

/** Bodies of a schema; in most of them the conversation is a plain one, so that the rest is reached. */
function bodies(schema: string): fastCheck.Arbitrary<JsonObject> {
  const image = fastCheck.constant({
    type: 'base64',
    media_type: 'image/png',
    data: pngOf(8, 8),
  });
  const model = fastCheck.constant('claude-sonnet-4-6');
  const arbitrary = new SchemaArbitrary(openApiSchemas(), {
    Model: model,
    Base64ImageSource: image,
    BetaBase64ImageSource: image,
  });
  return fastCheck
    .tuple(arbitrary.named(schema), fastCheck.integer({ min: 0, max: 2 }))
    .map(([body, kind]) => ({
      ...(body as JsonObject),
      ...(kind === 0 ? {} : { messages: plainTurn }),
    }));
}

describe.skipIf(!present)('requests made from the description', () => {
  test.each(described)('$schema: what it allows has the right form', async (kind) => {
    const said = new Map<string, number>();
    await fastCheck.assert(
      fastCheck.asyncProperty(bodies(kind.schema), async (body) => {
        const { status, text } = await askDescribed(body, kind);
        expect([200, 400]).toContain(status);
        said.set(String(status), (said.get(String(status)) ?? 0) + 1);
        if (status === 200 || narrower.test(text) || retiredTools.test(text)) return;
        expect(text).not.toMatch(formWords);
      }),
      { numRuns: 1500 },
    );
    // Not so odd that only the rules are tried.
    expect(said.get('200')).toBeGreaterThan(100);
  });

  test.each(described)(
    '$schema: a member that is unknown or of another type is refused',
    async (kind) => {
      await fastCheck.assert(
        fastCheck.asyncProperty(bodies(kind.schema), fastCheck.nat(), async (body, seed) => {
          const { status: before } = await askDescribed(body, kind);
          const spoiled = spoil(body, seed);
          const { status, text } = await askDescribed(spoiled.body, kind);
          expect([before, status]).toEqual([before, 400]);
          // What was refused before may be refused for the same reason still.
          expect(before === 200 ? text : spoiled.says).toBe(spoiled.says);
        }),
        { numRuns: 300 },
      );
    },
  );
});

/** Adds a member that nobody knows somewhere in a body, and says what must be said of it. */
function spoil(body: JsonObject, seed: number): Spoiled {
  const closed = ['', 'metadata', 'tool_choice', 'thinking', 'cache_control'].filter(
    (name) => name === '' || isJsonObject(body[name] ?? null),
  );
  const name = closed[seed % closed.length] ?? '';
  if (seed % 3 === 0) {
    return {
      ...says({ ...body, system: 7 }, 'system'),
      says: 'system: Input should be a valid list',
    };
  }
  if (name === '') {
    return says({ ...body, bogus: 1 }, 'bogus');
  }
  const member = body[name] as JsonObject;
  const tag = typeof member['type'] === 'string' ? `.${member['type']}` : '';
  return says({ ...body, [name]: { ...member, bogus: 1 } }, `${name}${tag}.bogus`);
}

interface Spoiled {
  readonly body: JsonValue;
  readonly path: string;
  readonly says: string;
}

function says(body: JsonValue, path: string): Spoiled {
  return { body, path, says: `${path}: Extra inputs are not permitted` };
}
