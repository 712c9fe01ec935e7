import type { PageBlock, PageParameter, PageSection } from './model-page.ts';
import { pageParameters } from './page-parameters.ts';
import { referenceCurl } from './reference-curl.ts';
import type { ReferenceOperation, ReferenceParameter } from './reference-operations.ts';
import type { OperationReading, SchemaReading } from './reference-schema-blocks.ts';
import { contentBlocks } from './reference-schema-blocks.ts';

/** What an operation is called on its page: its id in words. */
export function operationTitle(id: string): string {
  const words = id.replaceAll(/([A-Z])/g, (_, letter: string) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** All that there is to know of an operation; `others` are further paths of the same. */
export function operationSection(
  operation: ReferenceOperation,
  others: readonly ReferenceOperation[],
  reading: OperationReading,
): PageSection {
  const { id, method, path, summary, description, errors } = operation;
  return {
    id,
    title: operationTitle(id),
    blocks: [
      { kind: 'code', language: 'http', code: `${method} ${path}` },
      { kind: 'text', text: summary },
      { kind: 'text', text: description },
      ...placesOf(others),
      { kind: 'text', text: authText(operation) },
      ...parametersOf(operation),
      ...bodyOf(operation, reading),
      ...answersOf(operation, reading),
      ...(errors === undefined
        ? []
        : [{ kind: 'text', text: `Errors: [\`${errors}\`](#${errorsId(errors)})` } as const]),
      { kind: 'heading', id: `${id}-example`, text: 'Example' },
      { kind: 'code', language: 'sh', code: referenceCurl(operation, reading.baseUrl) },
    ],
  };
}

/** Where an envelope of errors is on a page; in Markdown its title makes the same anchor. */
export function errorsId(name: string): string {
  return `errors-${name.toLowerCase()}`;
}

function placesOf(others: readonly ReferenceOperation[]): readonly PageBlock[] {
  if (others.length === 0) return [];
  const items = others.map(({ method, path }) => `\`${method} ${path}\``);
  return [
    { kind: 'text', text: 'Also at:' },
    { kind: 'list', items },
  ];
}

const schemeTexts: Readonly<Record<string, string>> = {
  key: '`x-api-key: <key>`',
  bearer: '`authorization: Bearer <key>`',
  gateway: '`cf-aig-authorization: Bearer <key>`',
};

function authText({ schemes }: ReferenceOperation): string {
  if (schemes.length === 0) return 'Authentication: none.';
  return `Authentication: ${schemes.map((name) => schemeTexts[name] ?? name).join(' or ')}.`;
}

function parametersOf({ id, parameters }: ReferenceOperation): readonly PageBlock[] {
  if (parameters.length === 0) return [];
  const rows = parameters.flatMap((parameter) => parameterRow(parameter));
  return [
    { kind: 'heading', id: `${id}-parameters`, text: 'Parameters' },
    { kind: 'parameters', rows },
  ];
}

/** A parameter of the path, the query or a header, as a row like those of a body. */
function parameterRow({
  name,
  place,
  isRequired,
  description,
  schema,
}: ReferenceParameter): readonly PageParameter[] {
  const [row] = pageParameters({
    type: 'object',
    properties: { [name]: schema },
    required: isRequired ? [name] : [],
  });
  const said = description === '' ? '' : ` ${description}`;
  return row === undefined
    ? []
    : [{ ...row, note: `In the ${placeNames[place] ?? place}.${said}` }];
}

const placeNames: Readonly<Record<string, string>> = {
  path: 'path',
  query: 'query',
  header: 'headers',
};

function bodyOf(operation: ReferenceOperation, reading: SchemaReading): readonly PageBlock[] {
  const { id, body } = operation;
  if (body.length === 0) return [];
  return [
    { kind: 'heading', id: `${id}-body`, text: 'Body' },
    ...body.flatMap((content) => contentBlocks(content, operation, reading)),
  ];
}

function answersOf(operation: ReferenceOperation, reading: SchemaReading): readonly PageBlock[] {
  const { id, answers } = operation;
  return answers.flatMap(({ status, contents }) => [
    { kind: 'heading', id: `${id}-${status}`, text: `Answer ${status}` } as const,
    ...contents.flatMap((content) => contentBlocks(content, operation, reading)),
  ]);
}
