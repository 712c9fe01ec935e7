import type { ListedForm, ListedModel } from '../../../src/pages/models-json.ts';
import type { Form } from './forms.ts';
import { formNamed, forms } from './forms.ts';
import type { JsonObject, JsonValue } from '../format/json-value.ts';
import { isJsonObject, parseJson } from '../format/json-value.ts';
import type { Turn } from './part.ts';
import type { PreparedRequest } from './run-request.ts';
import { fieldsOf, readField } from './schema-fields.ts';

/** Whom one pane asks, and with what. */
export interface Setup {
  readonly modelId: string;
  readonly form: Form;
  /** What stands in the fields, by parameter. */
  readonly texts: Readonly<Record<string, string>>;
  /** Parameters that the schema does not list: an object as JSON, or nothing. */
  readonly othersText: string;
  /** One `name: value` a line. */
  readonly headersText: string;
  /** Who alone is to answer; empty where the routes say who. */
  readonly upstream: string;
}

/** What all panes have in common. */
export interface SharedSetup {
  readonly system: string;
  /** A list of tools as JSON, or nothing. */
  readonly toolsText: string;
  readonly isStreamed: boolean;
}

/** A request, or all that is wrong with what was entered. */
export type Prepared =
  | {
      readonly kind: 'ready';
      readonly request: PreparedRequest;
      readonly body: JsonObject;
      /** Those that were entered. */
      readonly headers: Readonly<Record<string, string>>;
      readonly asked: ListedForm;
    }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const TOKENS_AT_FIRST = '1024';
/** What it says counts on the console's listener, and nowhere else. */
const UPSTREAM_HEADER = 'x-quatrain-upstream';

/** A pane that nobody has touched. */
export function firstSetup(model: ListedModel, wanted: Form | undefined): Setup {
  const [first] = model.forms;
  const named = model.forms.find(({ form }) => form === (wanted ?? 'messages')) ?? first;
  const form = formNamed(named?.form) ?? 'messages';
  const texts = { max_tokens: TOKENS_AT_FIRST };
  return { modelId: model.id, form, texts, othersText: '', headersText: '', upstream: '' };
}

/** Another model, in the same form where it has that. */
export function withModel(setup: Setup, model: ListedModel): Setup {
  const { form } = firstSetup(model, setup.form);
  return { ...setup, modelId: model.id, form };
}

/** How a model is asked in a form. */
export function listedForm(
  models: readonly ListedModel[],
  { modelId, form }: Setup,
): ListedForm | undefined {
  return models.find(({ id }) => id === modelId)?.forms.find((one) => one.form === form);
}

interface Parts {
  readonly models: readonly ListedModel[];
  readonly setup: Setup;
  readonly shared: SharedSetup;
  readonly turns: readonly Turn[];
  /** Of the form's inputs; undefined while it is not there. */
  readonly schema: JsonObject | undefined;
}

/** Makes the request that all of it comes to. */
export function prepareRequest({ models, setup, shared, turns, schema }: Parts): Prepared {
  const asked = listedForm(models, setup);
  if (asked === undefined || schema === undefined) {
    return { kind: 'problems', problems: ['The model’s schema is not there yet.'] };
  }
  const rules = forms[setup.form];
  const parameters = readParameters(setup, schema);
  const others = readOthers(setup.othersText);
  const tools = readTools(shared.toolsText);
  const headers = readHeaders(setup.headersText);
  const problems = [parameters, others, tools, headers].flatMap((read) => read.problems);
  if (problems.length > 0) return { kind: 'problems', problems };
  const body = rules.body({
    model: asked.model,
    system: shared.system,
    turns,
    tools: tools.value,
    isStreamed: shared.isStreamed,
    parameters: { ...parameters.value, ...others.value },
  });
  const path = asked.request_path.replace('{account}', 'playground');
  const chosen = setup.upstream === '' ? {} : { [UPSTREAM_HEADER]: setup.upstream };
  const request = {
    rules,
    path,
    headers: { ...headers.value, ...chosen },
    body: JSON.stringify(body),
  };
  return { kind: 'ready', request, body, headers: headers.value, asked };
}

/** Parameters that have something entered and are not in the form, so that they stay behind. */
export function leftBehind({ form, texts }: Setup, schema: JsonObject): readonly string[] {
  const taken = new Set(fieldsOf(schema, forms[form].ownParameters).map(({ name }) => name));
  return Object.entries(texts).flatMap(([name, text]) =>
    text.trim() === '' || taken.has(name) ? [] : [name],
  );
}

interface Read<Value> {
  readonly value: Value;
  readonly problems: readonly string[];
}

function readParameters({ form, texts }: Setup, schema: JsonObject): Read<JsonObject> {
  const problems: string[] = [];
  const values: Record<string, JsonValue> = {};
  for (const field of fieldsOf(schema, forms[form].ownParameters)) {
    const entered = readField(field, texts[field.name] ?? '', schema);
    if (entered.kind === 'problem') problems.push(`${field.name}: ${entered.text}`);
    if (entered.kind === 'value') values[field.name] = entered.value;
  }
  return { value: values, problems };
}

function readOthers(text: string): Read<JsonObject> {
  if (text.trim() === '') return { value: {}, problems: [] };
  const value = parseJson(text);
  if (isJsonObject(value)) return { value, problems: [] };
  return { value: {}, problems: ['Other parameters: this is no JSON object.'] };
}

function readTools(text: string): Read<readonly JsonObject[]> {
  if (text.trim() === '') return { value: [], problems: [] };
  const value = parseJson(text);
  const isList = Array.isArray(value) && value.every((one) => isJsonObject(one));
  if (isList) return { value, problems: [] };
  return { value: [], problems: ['Tools: this is no JSON list of objects.'] };
}

const header = /^([!#$%&'*+.^`|~\w-]+):\s*(.*)$/;
/** Those that say who asks are not the page's to send. */
const refused: ReadonlySet<string> = new Set(['authorization', 'cookie', 'x-api-key']);

function readHeaders(text: string): Read<Readonly<Record<string, string>>> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const problems: string[] = [];
  const value: Record<string, string> = {};
  for (const line of lines) {
    const [, name = '', said = ''] = header.exec(line.trim()) ?? [];
    if (name === '') problems.push(`Headers: “${line.trim()}” is no name: value.`);
    else if (refused.has(name.toLowerCase())) problems.push(`Headers: ${name} cannot be set here.`);
    else value[name.toLowerCase()] = said;
  }
  return { value, problems };
}

/** What is wrong in one field, for the note below it. */
export function toolsProblem(text: string): string | undefined {
  return readTools(text).problems[0]?.replace('Tools: ', '');
}

/** The same of other parameters. */
export function othersProblem(text: string): string | undefined {
  return readOthers(text).problems[0]?.replace('Other parameters: ', '');
}

/** The same of headers. */
export function headersProblem(text: string): string | undefined {
  return readHeaders(text).problems[0]?.replace('Headers: ', '');
}
