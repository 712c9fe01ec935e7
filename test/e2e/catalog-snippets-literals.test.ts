import fc from 'fast-check';
import { expect, test } from 'vitest';
import { curlSnippet } from '../../src/catalog/snippets/curl-snippet.ts';
import { callRequest } from '../../src/catalog/snippets/call-request.ts';
import { writeLiteral } from '../../src/catalog/snippets/literal.ts';
import { pythonSyntax } from '../../src/catalog/snippets/python-literal.ts';
import type { JsonObject, JsonValue } from '../../src/std/json.ts';
import { evaluatePython } from '../support/snippet-python.ts';
import { runShell } from '../support/snippet-shell.ts';

/** Values in the code of the catalog's pages, read back by the languages themselves. */

const SAMPLES = 150;
const seed = Math.trunc(Math.random() * 2 ** 31);
/** Any, and halves of those that have two. */
const letter = fc.nat(0xffff).map((code) => String.fromCharCode(code));
const nasty = [
  `'; echo "$HOME" \`id\` $(id) \\`,
  'JSON\nJSON',
  '</script><!-- {{ }} %s %d \0 \u2028',
  `"""'''{x}\\N{BULLET}\\x41`,
  '\uD800 \uDFFF 😀',
];

/** JSON as anybody may send it: any text, and those that some language would read otherwise. */
function samples(): readonly JsonValue[] {
  const text = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: letter }));
  const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree')),
      fc.dictionary(text, tie('tree'), { noNullPrototype: true }),
    ),
  }));
  return fc
    .sample(tree, { numRuns: SAMPLES, seed })
    .concat(nasty)
    .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
}

test(`Python reads what was written (seed ${String(seed)})`, ({ skip }) => {
  const values = samples();
  const read = evaluatePython(
    values.map((value) => writeLiteral(value, pythonSyntax, { depth: 0, column: 0 })),
  );
  if (read === undefined) skip('there is no python3 on this machine');
  expect(read).toEqual(values);
});

/** In the place of the command: prints the body that it would send. */
const printsBody = `curl() {
  for last; do :; done
  case "$last" in @-) cat ;; *) printf '%s' "$last" ;; esac
}
`;

test(`a shell hands over what was written (seed ${String(seed)})`, async () => {
  const bodies = samples().map((value): JsonObject => ({ value }));
  const commands = bodies.map((body, index) => {
    const request = callRequest({ form: 'messages', model: 'm', body }, {});
    const code = `${printsBody}${curlSnippet('workers-ai', request)}`;
    return { name: String(index), code, env: {} };
  });
  const outputs = await runShell(commands);
  const read = bodies.map((_body, index): unknown => {
    const { pieces, error } = outputs.get(String(index)) ?? { pieces: [], error: 'not run' };
    return error ?? JSON.parse(pieces.join(''));
  });
  expect(read).toEqual(bodies);
});
