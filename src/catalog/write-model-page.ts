import type { JsonObject } from '../std/json.ts';
import type { CatalogEntry, CatalogExample, CatalogModel } from './describe-workers-ai-model.ts';
import type { SchemaParameter } from './schema-parameters.ts';
import { schemaParameters } from './schema-parameters.ts';
import { authorNameOf } from './search-workers-ai-models.ts';
import { workersAiPresentations } from './workers-ai-presentations.ts';

/** The files beside a model's page: its schemas, as they are enforced. Workers reference §5.1. */
export const schemaFiles = { input: 'schema-input.json', output: 'schema-output.json' } as const;

const hostings: Readonly<Record<CatalogModel['hosting'], string>> = { proxied: 'Proxied' };
const languages: Readonly<Record<string, string>> = { typescript: 'TypeScript' };
const GLOSSARY = 'https://developers.cloudflare.com/workers-ai/glossary/';

/** The page of a model in Markdown, in the order and the words of seeds 000 and 001. */
export function writeModelPage({ model, record }: CatalogEntry): string {
  const [usage, ...others] = record.examples;
  const pricing = workersAiPresentations[model.id]?.pricingNote;
  const parts = [
    ...headOf(record),
    table(['Model Info', ''], infoOf(record, pricing)),
    ...(usage === undefined ? [] : ['## Usage', ...snippetsOf(usage)]),
    '## Examples',
    ...others.flatMap((example) => [
      `**${example.name}** — ${example.description}`,
      ...snippetsOf(example),
    ]),
    '## Parameters',
    ...parametersOf(record),
    '## API Schemas',
    ...schemaOf('Input', record.schema.input, schemaFiles.input),
    ...schemaOf('Output', record.schema.output, schemaFiles.output),
  ];
  return `${parts.join('\n\n')}\n`;
}

function headOf(record: CatalogModel): readonly string[] {
  const { name, description, task, hosting, model_id } = record;
  return [
    ['---', `title: ${yamlText(name)}`, `description: ${yamlText(description)}`, '---'].join('\n'),
    `# ${name}`,
    [task, authorNameOf(record), hostings[hosting]].join(' • '),
    `\`${model_id}\``,
    description,
  ];
}

const plainYaml = /^[A-Za-z][^:#\n]*[^:#\s]$/;

/** As it is, unless YAML would read something else in it. */
function yamlText(text: string): string {
  return plainYaml.test(text) ? text : JSON.stringify(text);
}

type Row = readonly string[];

function infoOf(record: CatalogModel, pricing: string | undefined): readonly Row[] {
  return [
    [`Context Window[ ↗](${GLOSSARY})`, `${record.context_length.toLocaleString('en-US')} tokens`],
    ['Terms and License', `[link ↗](${record.terms})`],
    ['More information', `[link ↗](${record.external_info})`],
    ...(pricing === undefined ? [] : [['Pricing', pricing]]),
  ];
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells))].join('\n');
}

function snippetsOf({ code_snippets, output }: CatalogExample): readonly string[] {
  return [
    ...code_snippets.flatMap(({ label, language, code }) => [
      languages[label] ?? label,
      fenced(code, language),
    ]),
    ...(output === undefined ? [] : ['Output', fenced(output.text, 'markdown')]),
  ];
}

/** In a fence that is longer than any within. */
function fenced(text: string, language: string): string {
  const within = [...text.matchAll(/`{3,}/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(2, ...within) + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** What an answer always has, the seeds do not call required. */
function parametersOf({ schema }: CatalogModel): readonly string[] {
  const input = schemaParameters(schema.input).map((parameter): Row => {
    const [name, type, constraints] = cellsOf(parameter);
    return [name, type, parameter.isRequired ? 'required' : '', constraints];
  });
  return [
    '### Input',
    table(['Parameter', 'Type', 'Required', 'Constraints'], input),
    '### Output',
    table(
      ['Parameter', 'Type', 'Constraints'],
      schemaParameters(schema.output).map((parameter) => cellsOf(parameter)),
    ),
  ];
}

function cellsOf({ name, type, constraints }: SchemaParameter): readonly [string, string, string] {
  return [`\`${name}\``, `\`${type}\``, constraints.join(', ')];
}

function schemaOf(title: string, schema: JsonObject, file: string): readonly string[] {
  const text = JSON.stringify(schema, undefined, 2);
  return [`### ${title}`, `[${file}](${file})`, fenced(text, 'json')];
}
