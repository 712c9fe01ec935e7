/** What a field of the Messages form is called where the caller may have named it otherwise. */
const callersNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['max_tokens', ['max_completion_tokens', 'max_tokens']],
  ['stop_sequences', ['stop', 'stop_sequences']],
  ['system', ['system', 'messages']],
  ['thinking', ['thinking', 'reasoning', 'reasoning_effort']],
  ['output_config', ['output_config', 'response_format', 'reasoning_effort', 'reasoning']],
  ['metadata', ['safety_identifier', 'user', 'metadata']],
  ['tools', ['tools', 'functions']],
  ['tool_choice', ['tool_choice', 'function_call', 'parallel_tool_calls']],
]);

const fieldPath = /^`?([a-z][a-z_]*)[`.:[]/;

/**
 * The caller's field that an upstream complains about, where its text begins with the path of one.
 * Only the field: what is below it stands elsewhere in the request that was made of the caller's.
 */
export function complainedParam(text: string, fields: ReadonlySet<string>): string | undefined {
  const [, field] = fieldPath.exec(text) ?? [];
  if (field === undefined) return undefined;
  return (callersNames.get(field) ?? [field]).find((name) => fields.has(name));
}
