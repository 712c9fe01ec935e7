import { DEFAULT_BASE_URL } from '../catalog/snippets/call-request.ts';
import { isJsonObject } from '../std/json.ts';
import { jsonText } from './json-text.ts';
import type { ReferenceOperation, ReferenceParameter } from './reference-operations.ts';

/** The command that asks for an operation. What only its caller knows is a variable of the shell. */
export function referenceCurl(
  operation: ReferenceOperation,
  baseUrl: string = DEFAULT_BASE_URL,
): string {
  const { method, schemes } = operation;
  const isPlain = method === 'GET' || (method === 'POST' && operation.body.length > 0);
  const start = isPlain ? 'curl' : `curl -X ${method}`;
  const key = schemes.includes('gateway')
    ? ['-H "cf-aig-authorization: Bearer $QUATRAIN_API_KEY"']
    : schemes.slice(0, 1).map(() => '-H "x-api-key: $QUATRAIN_API_KEY"');
  return [
    `${start} "\${QUATRAIN_BASE_URL:-${baseUrl}}${targetOf(operation)}"`,
    ...key,
    ...headersOf(operation),
    ...bodyOf(operation),
  ].join(' \\\n  ');
}

function targetOf({ path, parameters }: ReferenceOperation): string {
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    valueOf(parameters, name, 'path'),
  );
  const query = parameters
    .filter(({ place, isRequired }) => place === 'query' && isRequired)
    .map(({ name }) => `${name}=${valueOf(parameters, name, 'query')}`);
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

function headersOf({ parameters }: ReferenceOperation): readonly string[] {
  const needed = parameters.filter(
    ({ place, isRequired, example }) => place === 'header' && (isRequired || example !== undefined),
  );
  return needed.map(({ name }) => `-H "${name}: ${valueOf(parameters, name, 'header')}"`);
}

/** The example of a parameter; a variable where there is none. */
function valueOf(parameters: readonly ReferenceParameter[], name: string, place: string): string {
  const parameter = parameters.find((one) => one.name === name && one.place === place);
  return parameter?.example ?? `$${name.toUpperCase().replaceAll('-', '_')}`;
}

function bodyOf({ body }: ReferenceOperation): readonly string[] {
  const [first] = body;
  if (first === undefined) return [];
  const { type, example } = first;
  if (type === 'multipart/form-data') return ['-F file=@notes.txt'];
  const header = `-H 'content-type: ${type}'`;
  if (example === undefined) return [header, '-d @body.json'];
  const text = isJsonObject(example) ? jsonText(example) : JSON.stringify(example, undefined, 2);
  return [header, `-d '${text.replaceAll("'", String.raw`'\''`)}'`];
}
