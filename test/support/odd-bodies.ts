import fc from 'fast-check';

/** What no client should send, made from what one might: for fuzzing over sockets. */

/** One change somewhere in a tree: which place is told by `at`, counted in order of a walk. */
interface Change {
  readonly at: number;
  readonly kind: 'delete' | 'replace' | 'add' | 'duplicate' | 'wrap';
  readonly key: string;
  readonly value: unknown;
}

/** Texts that break what is careless with texts; `words` are those with a meaning in the form. */
export function oddTexts(words: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', '\0', '\uFEFF', '‮', '﷽', '👩‍👩‍👧', '../..', '${x}', '%00', '\u2028'),
    fc.constantFrom('constructor', '__proto__', 'toString', ...words),
    fc.integer({ min: 0, max: 5000 }).map((length) => 'x'.repeat(length)),
  );
}

function oddValues(words: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    oddTexts(words),
    fc.constantFrom(-1, 0, 0.5, 2, 1e308, -1e308, 2 ** 53, 1e21, 5e-324, 4_294_967_296),
    fc.constantFrom(null, true, false, [], {}, [[]], [null], [{}], { type: null }),
    fc.jsonValue({ maxDepth: 3 }),
  );
}

/** Writes JSON by hand, so that what no object can hold (a key twice, `__proto__`) can be written. */
function writeChanged(tree: unknown, changes: readonly Change[]): string {
  let place = -1;
  const write = (node: unknown): string => {
    if (Array.isArray(node)) return `[${node.map((item) => write(item)).join(',')}]`;
    if (typeof node !== 'object' || node === null) return JSON.stringify(node);
    return `{${Object.entries(node)
      .flatMap((member) => writeMember(member))
      .join(',')}}`;
  };
  const writeMember = ([name, child]: [string, unknown]): string[] => {
    place += 1;
    const here = changes.find(({ at }) => at === place);
    const quoted = JSON.stringify(name);
    const plain = `${quoted}:${write(child)}`;
    const other = JSON.stringify(here?.value);
    switch (here?.kind) {
      case undefined:
        return [plain];
      case 'delete':
        return [];
      case 'replace':
        return [`${quoted}:${other}`];
      case 'add':
        return [plain, `${JSON.stringify(here.key)}:${other}`];
      case 'duplicate':
        return [plain, `${quoted}:${other}`];
      case 'wrap':
        return [`${quoted}:[${write(child)}]`];
    }
  };
  return write(tree);
}

export interface OddBodies {
  /** With one to three changes somewhere in it. */
  readonly changed: fc.Arbitrary<Buffer>;
  /** The same, without its end. */
  readonly cutShort: fc.Arbitrary<Buffer>;
  /** The same, with bytes that are others. */
  readonly flipped: fc.Arbitrary<Buffer>;
  readonly noise: fc.Arbitrary<Buffer>;
  readonly json: fc.Arbitrary<Buffer>;
}

/** Bodies made from valid ones; `words` are texts with a meaning in the form, as keys and as values. */
export function oddBodies(valid: readonly object[], words: readonly string[]): OddBodies {
  const change: fc.Arbitrary<Change> = fc.record({
    at: fc.nat({ max: 60 }),
    kind: fc.constantFrom('delete', 'replace', 'add', 'duplicate', 'wrap'),
    key: oddTexts(words),
    value: oddValues(words),
  });
  const changed = fc
    .tuple(
      fc.constantFrom(...valid),
      fc.boolean(),
      fc.array(change, { minLength: 1, maxLength: 3 }),
    )
    .map(([body, stream, changes]) => Buffer.from(writeChanged({ ...body, stream }, changes)));
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
  return {
    changed,
    cutShort: fc
      .tuple(changed, fc.nat())
      .map(([body, at]) => body.subarray(0, at % (body.length + 1))),
    flipped: fc.tuple(changed, flips).map(([body, others]) => {
      const bytes = Buffer.from(body);
      for (const [at, byte] of others) bytes[at % bytes.length] = byte;
      return bytes;
    }),
    noise: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    json: fc.json().map((text) => Buffer.from(text)),
  };
}
