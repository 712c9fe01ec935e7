import type { JsonObject } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { PageBlock, PageSection } from './model-page.ts';
import { envelopeBlocks } from './public-openapi-errors.ts';
import { errorEnvelopes } from './public-openapi-operation.ts';
import type { TagText } from './public-openapi-tags.ts';
import { tagTexts } from './public-openapi-tags.ts';
import type { ReferenceOperation } from './reference-operations.ts';
import { referenceOperations } from './reference-operations.ts';
import type { ReferencePage } from './reference-page.ts';
import { OPENAPI_PATH, REFERENCE_FOLDER } from './reference-page.ts';
import type {
  OperationReading,
  SchemaHome,
  SchemaHomes,
  SchemaReading,
} from './reference-schema-blocks.ts';
import { contentBlocks, nameOfSchema } from './reference-schema-blocks.ts';
import { errorsId, operationSection, operationTitle } from './reference-section.ts';

/** The pages of the reference, its list of operations first: all of them made of the description. */
export function describeReference(
  document: JsonObject,
  baseUrl?: string,
): readonly ReferencePage[] {
  const operations = referenceOperations(document);
  const { components = {} } = document;
  const schemas = isJsonObject(components) ? components['schemas'] : undefined;
  const reading: OperationReading = {
    schemas: schemas !== undefined && isJsonObject(schemas) ? schemas : {},
    homes: homesOf(operations),
    baseUrl,
  };
  return [indexPage(operations), ...tagTexts.map((tag) => tagPage(tag, operations, reading))];
}

/** By the names of schemas, the operations that have them first. */
function homesOf(operations: readonly ReferenceOperation[]): SchemaHomes {
  const homes = new Map<string, SchemaHome>();
  for (const operation of operations) {
    for (const content of contentsOf(operation)) {
      const name = nameOfSchema(content.schema);
      if (name === undefined || homes.has(name) || operation.sameAs !== undefined) continue;
      const { id } = operation;
      homes.set(name, { id, title: operationTitle(id), address: addressOf(operation) });
    }
  }
  return homes;
}

function contentsOf({ body, answers }: ReferenceOperation): ReferenceOperation['body'] {
  return [...body, ...answers.flatMap(({ contents }) => contents)];
}

/** Further paths of an operation stand with it. */
function addressOf({ tag, id, sameAs }: ReferenceOperation): string {
  return `${REFERENCE_FOLDER}${tag}/#${sameAs ?? id}`;
}

function indexPage(operations: readonly ReferenceOperation[]): ReferencePage {
  return {
    path: REFERENCE_FOLDER,
    title: 'API reference',
    description:
      'Every route of the public listener: what it takes, what it answers, and what can go wrong.',
    sections: [
      {
        id: 'description',
        title: 'As OpenAPI',
        blocks: [
          {
            kind: 'text',
            text: `The same is described for programs in OpenAPI 3.1: [${OPENAPI_PATH}](${OPENAPI_PATH}).`,
          },
        ],
      },
      ...tagTexts.map(({ tag, title, description }): PageSection => ({
        id: tag,
        title,
        blocks: [
          { kind: 'text', text: `${description} [Read more](${REFERENCE_FOLDER}${tag}/)` },
          {
            kind: 'table',
            head: ['Method', 'Path', 'What it does'],
            rows: operations
              .filter((operation) => operation.tag === tag)
              .map((operation) => [
                `\`${operation.method}\``,
                `[${operation.path}](${addressOf(operation)})`,
                operation.summary,
              ]),
          },
        ],
      })),
    ],
  };
}

function tagPage(
  { tag, title, description }: TagText,
  all: readonly ReferenceOperation[],
  reading: OperationReading,
): ReferencePage {
  const operations = all.filter((operation) => operation.tag === tag);
  return {
    path: `${REFERENCE_FOLDER}${tag}/`,
    title,
    description,
    sections: [
      ...operations
        .filter(({ sameAs }) => sameAs === undefined)
        .map((operation) =>
          operationSection(
            operation,
            operations.filter(({ sameAs }) => sameAs === operation.id),
            reading,
          ),
        ),
      ...errorSections(operations, reading),
    ],
  };
}

/** The envelopes that errors of a page's operations come in. */
function errorSections(
  operations: readonly ReferenceOperation[],
  reading: SchemaReading,
): readonly PageSection[] {
  const used = new Set(operations.map(({ errors }) => errors));
  return errorEnvelopes
    .filter((name) => used.has(name))
    .map((name) => ({
      id: errorsId(name),
      title: `Errors: ${name}`,
      blocks: [...envelopeRows(name, reading), ...envelopeBlocks(name)],
    }));
}

function envelopeRows(name: string, reading: SchemaReading): readonly PageBlock[] {
  const schema = { $ref: `#/components/schemas/${name}` };
  const content = { type: 'application/json', schema, example: undefined };
  return contentBlocks(content, { id: errorsId(name) }, reading);
}
