import fc from 'fast-check';
import { oddBodies, oddTexts } from './odd-bodies.ts';
import type { OddRequest } from './send-odd-bodies.ts';
import type { ErrorForm, Place } from './workers-ai-places.ts';

/** What no client should send to the routes of the Workers AI form and of AI Gateways. */

export interface OddWorkersAiRequest extends OddRequest {
  /** The form that errors have to have; absent where the path itself is odd. */
  readonly form?: ErrorForm;
}

const words = [
  ...'user assistant system text model stream shop default managed way dynamic/way anthropic compat workers-ai FLAG BLOCK start end true null'.split(
    ' ',
  ),
  ...'metadata.user body.user headers.a $and $not $eq 20% 1e309 NaN Infinity -1 0 9007199254740993'.split(
    ' ',
  ),
];
function bodyOf({ body }: Place): fc.Arbitrary<Buffer> {
  if (body === undefined) return fc.constant(Buffer.alloc(0));
  const odd = oddBodies([body], words);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(Buffer.from(JSON.stringify(body))) },
    { weight: 6, arbitrary: odd.changed },
    { weight: 1, arbitrary: odd.cutShort },
    { weight: 1, arbitrary: odd.flipped },
    { weight: 1, arbitrary: odd.noise },
    { weight: 1, arbitrary: odd.json },
    { weight: 1, arbitrary: nested(body) },
  );
}

/** One member is as deep as no reader wants it. */
function nested(body: object): fc.Arbitrary<Buffer> {
  return fc
    .tuple(
      fc.constantFrom(...Object.keys(body)),
      fc.integer({ min: 50, max: 20_000 }),
      fc.boolean(),
    )
    .map(([member, depth, isList]) => {
      const [open, close] = isList ? ['[', ']'] : ['{"$not":', '}'];
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      const rest = JSON.stringify({ ...body, [member]: undefined }).slice(1);
      return Buffer.from(`{${JSON.stringify(member)}:${deep}${rest === '}' ? '' : ','}${rest}`);
    });
}

const headerNames =
  'cf-aig-gateway-id cf-aig-skip-cache cf-aig-cache-ttl cf-aig-cache-key cf-aig-metadata cf-aig-collect-log cf-aig-collect-log-payload cf-aig-event-id cf-aig-request-timeout cf-aig-max-attempts cf-aig-retry-delay cf-aig-backoff cf-aig-custom-cost cf-aig-byok-alias cf-aig-no-wholesale cf-aig-step cf-aig-zdr cf-aig-authorization cf-consn-model-id cf-consn-sdk-version content-type content-encoding accept anthropic-version anthropic-beta x-api-key user-agent mf-url mf-header-x mf-header-authorization range if-none-match if-modified-since expect upgrade'.split(
    ' ',
  );
const headerValues = fc.oneof(
  // What a header can hold: no control letter but the tab, and nothing beyond a byte.
  fc.string({
    unit: fc
      .integer({ min: 32, max: 255 })
      .filter((unit) => unit !== 127)
      .map((unit) => String.fromCharCode(unit)),
    maxLength: 30,
  }),
  fc.constantFrom(
    '',
    '\t',
    'true',
    'FALSE',
    '0',
    '-1',
    '1e9',
    '99999999999999999999',
    '0x10',
    '{}',
    '[]',
    'null',
    '"x"',
  ),
  fc.constantFrom(
    '{"total_cost":1e308}',
    '{"total_cost":1e-320}',
    '{"per_token_in":1e300,"per_token_out":0}',
    '{"total_cost":1e400}',
  ),
  fc.constantFrom(
    '{"__proto__":1}',
    '{"a":"\\ud800"}',
    '{"a":1,"a":2}',
    '{"constructor":{}}',
    'dynamic/way',
    'Bearer x',
    'https://x/run',
  ),
  fc.integer({ min: 1, max: 6000 }).map((length) => 'x'.repeat(length)),
);
const oddHeaders = fc.dictionary(fc.constantFrom(...headerNames), headerValues, { maxKeys: 3 });

const queryNames =
  'page per_page search order_by order_by_direction direction filters filters[] filters[0][key] filters[0][operator] filters[0][value] filters.key filters.operator filters.value success cached feedback min_cost max_cost min_total_tokens start_date end_date model limit dimensions key version userInputs author task source format include_deprecated __proto__'.split(
    ' ',
  );
const queryValues = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1',
    '1.5',
    '1e9',
    'NaN',
    'Infinity',
    '999999999',
    '1000000',
    'true',
    'false',
    'constructor',
    '__proto__',
  ),
  fc.constantFrom(
    'created_at',
    'cost',
    'model',
    'metadata.key',
    'metadata.value',
    'eq',
    'contains',
    'lt',
    'neq',
    '%',
    '_',
    "' OR 1=1",
    '2026-01-01',
    '+275760-09-13',
  ),
  fc.constantFrom(
    '[{"key":"cost","operator":"lt","value":[1e309,null,"x"]}]',
    '[{"key":"id","value":[]}]',
    '{"key":"model","value":"%"}',
    '[[]]',
    'model,cached,date',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const oddQuery = fc
  .array(fc.tuple(fc.constantFrom(...queryNames), queryValues, fc.constantFrom(1, 1, 1, 2, 60)), {
    maxLength: 4,
  })
  .map((entries) =>
    entries
      .flatMap(([name, value, times]) =>
        Array.from(
          { length: times },
          () => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`,
        ),
      )
      .join('&'),
  );

const segments = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '%2e%2e',
    '%2F',
    'a%2Fb',
    '%00',
    '%ff',
    '%',
    '%zz',
    '__proto__',
    'constructor',
    ':',
    '@',
    '{gateway}',
    '~',
    ';a=b',
  ),
  fc.constantFrom(
    'default',
    'shop',
    'messages',
    'chat',
    'anthropic',
    'x'.repeat(300),
    'x'.repeat(6000),
  ),
  oddTexts(words).map((text) => encodeURIComponent(text.slice(0, 100).toWellFormed())),
);

function oddPath(path: string): fc.Arbitrary<string> {
  const [bare = '', query] = path.split('?');
  const parts = bare.split('/');
  return (
    fc
      .tuple(fc.integer({ min: 1, max: parts.length }), segments, fc.boolean())
      .map(([at, segment, replaces]) => {
        const changed = parts.toSpliced(at, replaces ? 1 : 0, segment).join('/');
        return query === undefined ? changed : `${changed}?${query}`;
      })
      // What is no path at all is no request.
      .filter((changed) => changed.startsWith('/'))
  );
}

/** Requests of which one part or several are odd: the body, headers, the query, the path. */
export function oddWorkersAiRequests(places: readonly Place[]): fc.Arbitrary<OddWorkersAiRequest> {
  return fc.oneof(...places.map((place) => oddRequestTo(place)));
}

function oddRequestTo(place: Place): fc.Arbitrary<OddWorkersAiRequest> {
  const { method, path, headers = {}, form } = place;
  const paths = fc.oneof(
    { weight: 4, arbitrary: fc.constant<readonly [string, ErrorForm | undefined]>([path, form]) },
    {
      weight: 2,
      arbitrary: oddQuery.map((query): readonly [string, ErrorForm | undefined] => [
        query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`,
        form,
      ]),
    },
    {
      weight: 1,
      arbitrary: oddPath(path).map((odd): readonly [string, undefined] => [odd, undefined]),
    },
  );
  const methods = fc.oneof(
    { weight: 15, arbitrary: fc.constant(method) },
    // Nothing is removed by chance: what is there has to be there for what comes after.
    { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS') },
  );
  return fc
    .tuple(paths, bodyOf(place), oddHeaders, methods, fc.boolean())
    .map(([[target, errorForm], body, odd, asked, hasOdd]): OddWorkersAiRequest => {
      const own = hasOdd ? { ...headers, ...odd } : headers;
      const isWrapped =
        path.startsWith('/__mf') || Object.keys(own).some((name) => name.startsWith('mf-'));
      const isSame = errorForm !== undefined && asked === method && !isWrapped;
      return {
        path: target,
        method: asked,
        headers: own,
        body,
        ...(isSame ? { form: errorForm } : {}),
      };
    });
}
