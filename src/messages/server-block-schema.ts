import type { Caller, ServerToolResultType } from './content-blocks.ts';
import type { Field, ObjectSchema, Schema, TaggedSchema } from './schema.ts';
import {
  array,
  boolean,
  closed,
  integer,
  nullable,
  oneOf,
  optional,
  required,
  string,
} from './schema.ts';
import {
  cacheControlSchema,
  callInput,
  documentBlockSchema,
  toolReferenceBlockSchema,
} from './source-block-schema.ts';

/** Schemas of what the API's own tools leave in an assistant turn; the API reference §3.1. */

const type: Field = required(string());
const text: Field = required(string());
const cacheControl = optional(cacheControlSchema);
const serverToolUseId = string({ pattern: /^srvtoolu_[a-zA-Z0-9_]+$/ });

const codeExecutionCaller = closed<{ type: string; tool_id: string }>({
  type,
  tool_id: required(serverToolUseId),
});

/** Who made a call: the model, or code that the model wrote. */
export const callerSchema: Schema = nullable({
  kind: 'tagged',
  variants: {
    code_execution_20250825: codeExecutionCaller,
    code_execution_20260120: codeExecutionCaller,
    code_execution_20260521: codeExecutionCaller,
    direct: closed<Pick<Caller, 'type'>>({ type }),
  },
  unlisted: ['code_execution_20260521'],
});

export const serverToolUseSchema: ObjectSchema = closed<
  Record<'type' | 'id' | 'name' | 'input' | 'caller' | 'cache_control', unknown>
>({
  type,
  id: required(serverToolUseId),
  name: required(
    oneOf(
      'advisor',
      'web_search',
      'web_fetch',
      'code_execution',
      'bash_code_execution',
      'text_editor_code_execution',
      'tool_search_tool_regex',
      'tool_search_tool_bm25',
    ),
  ),
  input: callInput,
  caller: optional(callerSchema),
  cache_control: cacheControl,
});

const always = ['invalid_tool_input', 'unavailable', 'too_many_requests'] as const;

const failure = (...codes: readonly string[]): ObjectSchema =>
  closed<{ type: string; error_code: string }>({ type, error_code: required(oneOf(...codes)) });
const explainedFailure = (...codes: readonly string[]): ObjectSchema =>
  closed<{ type: string; error_code: string; error_message?: string }>({
    type,
    error_code: required(oneOf(...codes)),
    error_message: optional(nullable(string())),
  });
const tagged = (variants: TaggedSchema['variants']): Schema => ({ kind: 'tagged', variants });

const outputs = (tag: string): Field =>
  required(
    array(closed<{ type: string; file_id: string }>({ type: required(oneOf(tag)), file_id: text })),
  );
const lineNumber = optional(nullable(integer()));

const webSearchResult = closed<
  Record<'type' | 'url' | 'title' | 'encrypted_content' | 'page_age', unknown>
>({
  type: required(oneOf('web_search_result')),
  url: text,
  title: text,
  encrypted_content: text,
  page_age: optional(nullable(string())),
});

const webFetchFailure = failure(
  ...always,
  'url_too_long',
  'url_not_allowed',
  'url_not_in_prior_context',
  'url_not_accessible',
  'unsupported_content_type',
  'max_uses_exceeded',
);

type Result = Record<'type' | 'content' | 'stderr' | 'return_code', unknown>;
const ran = { type, stderr: text, return_code: required(integer()) };

/** Why the advisor stopped: answers say it, so it may come back. */
const advisorStop = optional(nullable(string()));

/** What stands in `content`, by the type of the result. */
const resultContents: Readonly<Record<ServerToolResultType, Schema>> = {
  web_search_tool_result: {
    kind: 'list-or',
    list: array(webSearchResult),
    other: tagged({
      web_search_tool_result_error: failure(
        ...always,
        'max_uses_exceeded',
        'query_too_long',
        'request_too_large',
      ),
    }),
  },
  web_fetch_tool_result: tagged({
    web_fetch_result: closed<Record<'type' | 'url' | 'retrieved_at' | 'content', unknown>>({
      type,
      url: text,
      retrieved_at: optional(nullable(string())),
      content: required(tagged({ document: documentBlockSchema })),
    }),
    web_fetch_tool_error: webFetchFailure,
    web_fetch_tool_result_error: webFetchFailure,
  }),
  code_execution_tool_result: tagged({
    code_execution_result: closed<Result & { stdout: string; abort_reason?: string }>({
      ...ran,
      stdout: text,
      content: outputs('code_execution_output'),
      abort_reason: optional(nullable(string())),
    }),
    code_execution_tool_result_error: failure(...always, 'execution_time_exceeded'),
    encrypted_code_execution_result: closed<
      Result & { encrypted_stdout: string; abort_reason?: string }
    >({
      ...ran,
      encrypted_stdout: text,
      content: outputs('code_execution_output'),
      abort_reason: optional(nullable(string())),
    }),
  }),
  bash_code_execution_tool_result: tagged({
    bash_code_execution_result: closed<Result & { stdout: string }>({
      ...ran,
      stdout: text,
      content: outputs('bash_code_execution_output'),
    }),
    bash_code_execution_tool_result_error: failure(
      ...always,
      'execution_time_exceeded',
      'output_file_too_large',
    ),
  }),
  text_editor_code_execution_tool_result: tagged({
    text_editor_code_execution_create_result: closed<{ type: string; is_file_update: boolean }>({
      type,
      is_file_update: required(boolean),
    }),
    text_editor_code_execution_str_replace_result: closed<
      Record<'type' | 'lines' | `${'old' | 'new'}_${'lines' | 'start'}`, unknown>
    >({
      type,
      lines: optional(nullable(array(string()))),
      new_lines: lineNumber,
      new_start: lineNumber,
      old_lines: lineNumber,
      old_start: lineNumber,
    }),
    text_editor_code_execution_tool_result_error: explainedFailure(
      ...always,
      'execution_time_exceeded',
      'file_not_found',
    ),
    text_editor_code_execution_view_result: closed<
      Record<'type' | 'file_type' | 'content' | `${'num' | 'total'}_lines` | 'start_line', unknown>
    >({
      type,
      file_type: required(oneOf('text', 'image', 'pdf')),
      content: text,
      num_lines: lineNumber,
      start_line: lineNumber,
      total_lines: lineNumber,
    }),
  }),
  tool_search_tool_result: tagged({
    tool_search_tool_result_error: explainedFailure(...always, 'execution_time_exceeded'),
    tool_search_tool_search_result: closed<{ type: string; tool_references: unknown }>({
      type,
      tool_references: required(array(toolReferenceBlockSchema)),
    }),
  }),
  advisor_tool_result: tagged({
    advisor_redacted_result: closed<{
      type: string;
      encrypted_content: string;
      stop_reason?: string;
    }>({
      type,
      encrypted_content: text,
      stop_reason: advisorStop,
    }),
    advisor_result: closed<{ type: string; text: string; stop_reason?: string }>({
      type,
      text,
      stop_reason: advisorStop,
    }),
    advisor_tool_result_error: failure(
      ...always,
      'max_uses_exceeded',
      'prompt_too_long',
      'overloaded',
      'execution_time_exceeded',
    ),
  }),
};

/** Schemas of the results, by the block's type. */
export const serverToolResultSchemas: Readonly<Record<string, ObjectSchema>> = Object.fromEntries(
  Object.entries(resultContents).map(([tag, content]) => [
    tag,
    closed<Record<'type' | 'tool_use_id' | 'content' | 'caller' | 'cache_control', unknown>>({
      type,
      tool_use_id: required(serverToolUseId),
      content: required(content),
      caller: optional(callerSchema),
      cache_control: cacheControl,
    }),
  ]),
);
