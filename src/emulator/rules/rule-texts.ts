/** Everything the emulator says when it refuses, once; the API reference §4 has where each is from. */

const THINKING_DOCS =
  'https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking';
const OLDER_THINKING_DOCS =
  'https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking';
const THINKING_GUIDE = 'https://docs.claude.com/en/docs/build-with-claude/extended-thinking';
const MAX_TOKENS_DOCS =
  'https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size';

const meterNames = {
  requests: 'requests',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
} as const;

export const ruleTexts = {
  notServed: (operation: string): string =>
    `The emulator does not serve ${operation}. Configure a real upstream (an API key) to use it.`,
  malformedJson: (detail: string): string => `The request body is not valid JSON: ${detail}`,
  versionMissing: 'anthropic-version: header is required',
  versionUnknown: (version: string): string =>
    `anthropic-version: "${version}" is not a valid version`,
  betasUnknown: (names: readonly string[]): string =>
    `Unexpected value(s) ${names.map((name) => `\`${name}\``).join(', ')} for the \`anthropic-beta\` header. Please consult our documentation at docs.anthropic.com or try again without the header.`,
  notInVersion: (path: string): string => `${path}: Extra inputs are not permitted`,
  threadUnsupported:
    'thread: The emulator does not hold conversations. Send the full history without `thread`.',
  modelUnknown: (model: string): string => `model: ${model}`,
  limitNotInteger: 'limit: Input should be a valid integer',
  limitTooSmall: (least: number): string =>
    `limit: Input should be greater than or equal to ${String(least)}`,
  limitTooLarge: (most: number): string =>
    `limit: Input should be less than or equal to ${String(most)}`,
  bothCursors: 'after_id: Only one of after_id and before_id may be set.',

  messagesEmpty: 'messages: at least one message is required',
  maxTokensTooFew: 'max_tokens: must be greater than or equal to 1',
  temperatureRange: 'temperature: range: 0..1',
  stopSequenceEmpty: 'stop_sequences: each stop sequence must be non-empty',
  stopSequenceBlank: 'stop_sequences: each stop sequence must contain non-whitespace',
  systemFirst: "messages.0: use the top-level 'system' parameter for the initial system prompt",
  systemLater: "role 'system' is not supported on this model",
  systemTurnEmpty: (at: number): string =>
    `messages.${String(at)}: system content must contain at least one block`,
  systemTurnBlocks: (at: number): string =>
    `messages.${String(at)}: role 'system' supports text, tool_addition, and tool_removal blocks only`,
  systemTurnFollows: (at: number): string =>
    `messages.${String(at)}: role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result`,
  systemTurnPrecedes: (at: number): string =>
    `messages.${String(at)}: role 'system' must precede an 'assistant' message or end the array`,

  maxTokensOverCap: (asked: number, cap: number, model: string): string =>
    `max_tokens: ${String(asked)} > ${String(cap)}, which is the maximum allowed number of output tokens for ${model}`,
  samplerDeprecated: (name: string): string => `\`${name}\` is deprecated for this model.`,
  bothSamplers:
    '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  effortUnsupported: 'This model does not support the effort parameter.',
  effortLevelUnsupported: (levels: readonly string[]): string =>
    `output_config.effort: Input should be ${levels.map((level) => `'${level}'`).join(', ')}`,
  speedUnsupported: 'speed: This model does not support fast mode.',
  fallbacksUnsupported: 'fallbacks: This model does not support fallbacks.',
  callsByCodeUnsupported: (model: string, tools: readonly string[]): string =>
    `'${model}' does not support programmatic tool calling. The following tools have \`allowed_callers\` that require it: ${tools.join(', ')}. Explicitly set \`allowed_callers=["direct"]\` on these tools, or use a model that supports programmatic tool calling.`,
  compactionUnsupported: 'context_management.edits: This model does not support compaction.',
  clearThinkingNotThinking:
    '`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive',
  clearThinkingNotFirst:
    'context_management.edits: `clear_thinking_20251015` must be the first of the edits',
  formatUnsupported: 'output_config.format: This model does not support structured outputs.',
  formatTwice: 'output_format: Only one of output_format and output_config.format may be set.',
  geoUnsupported: 'inference_geo: This model does not support the inference_geo parameter.',
  prefillUnsupported:
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  prefillEndsInBlank: 'messages: final assistant content cannot end with trailing whitespace',

  thinkingAdaptiveUnsupported: 'adaptive thinking is not supported on this model',
  thinkingEnabledUnsupported:
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  thinkingBudget:
    `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. Please consult our documentation at ${MAX_TOKENS_DOCS}` as string,
  thinkingTemperature:
    `\`temperature\` may only be set to 1 when thinking is enabled. Please consult our documentation at ${OLDER_THINKING_DOCS}` as string,
  thinkingTopK:
    `\`top_k\` must be unset when thinking is enabled. Please consult our documentation at ${THINKING_DOCS}` as string,
  thinkingTopP:
    `\`top_p\` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode. Please consult our documentation at ${THINKING_DOCS}` as string,
  thinkingForcedTool: 'Thinking may not be enabled when tool_choice forces tool use.',
  thinkingDisabledUnsupported:
    '"thinking.type.disabled" is not supported for this model. Thinking defaults to adaptive mode when not specified; use "thinking.type.enabled" with "budget_tokens" for extended thinking.',
  thinkingSealInvalid: (at: number, block: number, type: string): string =>
    `messages.${String(at)}.content.${String(block)}: Invalid \`${type === 'thinking' ? 'signature' : 'data'}\` in \`${type}\` block`,
  thinkingModified: (at: number, block: number): string =>
    `messages.${String(at)}.content.${String(block)}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.`,
  thinkingExpected: (at: number, found: string): string =>
    `messages.${String(at)}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. Please consult our documentation at ${THINKING_GUIDE}`,
  thinkingNotFirst: (at: number, found: string): string =>
    `messages.${String(at)}.content.0: If an assistant message contains any thinking blocks, the first block must be \`thinking\` or \`redacted_thinking\`. Found \`${found}\`.`,
  thinkingLast: (at: number, type: string): string =>
    `messages.${String(at)}: The final block in an assistant message cannot be \`${type}\`.`,
  thinkingInPrefill: (type: string): string =>
    `When thinking is disabled, an 'assistant' message in the final position cannot contain '${type}'. To use thinking blocks, enable 'thinking' in your request.`,

  contentEmpty: (at: number): string =>
    `messages.${String(at)}: all messages must have non-empty content except for the optional final assistant message`,
  textEmpty: 'messages: text content blocks must be non-empty',
  textBlank: 'messages: text content blocks must contain non-whitespace text',
  systemTextEmpty: 'system: text content blocks must be non-empty',
  blockOfOtherRole: (at: number, type: string, role: string): string =>
    `messages.${String(at)}: \`${type}\` blocks can only be in \`${role}\` messages`,
  toolUseIdTwice: (at: number, block: number): string =>
    `messages.${String(at)}.content.${String(block)}: \`tool_use\` ids must be unique`,
  toolUseUnanswered: (at: number, ids: readonly string[]): string =>
    `messages.${String(at)}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  toolResultOrphan: (at: number, block: number, id: string): string =>
    `messages.${String(at)}.content.${String(block)}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
  toolResultTwice: (at: number, block: number, id: string): string =>
    `messages.${String(at)}.content.${String(block)}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
  serverResultOrphan: (path: string, result: string, id: string): string =>
    `${path}: unexpected \`tool_use_id\` found in \`${result}\` blocks: ${id}. Each \`${result}\` block must have a corresponding \`${result === 'mcp_tool_result' ? 'mcp' : 'server'}_tool_use\` block before it.`,
  serverToolUnresolved: (name: string, id: string, result: string): string =>
    `\`${name}\` tool use with id \`${id}\` was found without a corresponding \`${result}\` block`,
  serverToolNotOffered: (name: string, id: string, result: string): string =>
    `\`${name}\` tool use with id \`${id}\` was found without a corresponding \`${result}\` block, but no \`${name}\` tool was provided`,
  callerUnknown: (source: string, id: string): string =>
    `source tool \`${source}\` not found for tool use block \`${id}\``,
  containerMissing:
    'container_id is required when there are pending tool uses generated by code execution with tools.',
  codeResultsOnly: (at: number): string =>
    `messages.${String(at)}: tool uses generated by code execution must be answered with \`tool_result\` blocks of text only`,
  toolReferenceUnknown: (name: string): string =>
    `Tool reference '${name}' not found in available tools`,

  toolNameTwice: 'tools: Tool names must be unique.',
  toolSchemaInvalid: (at: number): string =>
    `tools.${String(at)}.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview.`,
  toolSchemaTypeMissing: (at: number): string =>
    `tools.${String(at)}.custom.input_schema.type: Field required`,
  toolExampleInvalid: (at: number, example: number): string =>
    `tools.${String(at)}.custom.input_examples.${String(example)}: The example does not match the tool's input_schema`,
  toolDomainsTwice: (at: number, type: string): string =>
    `tools.${String(at)}.${type}: Only one of allowed_domains and blocked_domains may be specified`,
  toolUnknown: (name: string): string => `Tool '${name}' not found in provided tools`,
  toolsMissing: (choice: string): string =>
    `tool_choice.${choice} may only be specified while providing tools`,
  toolSchemaCombined: (at: number): string =>
    `tools.${String(at)}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
  toolSchemaType: (at: number): string =>
    `tools.${String(at)}.custom.input_schema.type: Input should be 'object'`,
  toolsAllDeferred:
    'At least one tool must have defer_loading=false. All tools cannot be deferred.',

  mcpUrlNotHttps: (at: number): string =>
    `mcp_servers.${String(at)}.url: URL scheme should be 'https'`,
  mcpNameTwice: 'mcp_servers: MCP server names must be unique.',
  mcpServerUnknown: (at: number, name: string): string =>
    `tools.${String(at)}.mcp_toolset.mcp_server_name: MCP server '${name}' not found in \`mcp_servers\`.`,
  mcpServerUnused: (name: string): string =>
    `MCP server '${name}' is defined but not referenced by any \`mcp_toolset\` in \`tools\`.`,
  mcpServerShared: (name: string): string =>
    `MCP server '${name}' is referenced by more than one \`mcp_toolset\` in \`tools\`.`,

  mediaTooMany: (images: number, documents: number, max: number): string =>
    `too many images and documents: ${String(images)} + ${String(documents)} > ${String(max)}`,
  mediaTooMuch: (pages: number, images: number, max: number): string =>
    `Too much media: ${String(pages)} document pages + ${String(images)} images > ${String(max)}`,
  base64Empty: (path: string, what: string): string => `${path}: ${what} cannot be empty`,
  base64Invalid: (path: string): string => `${path}: invalid base64 data`,
  imageTooLarge: (path: string, bytes: number, max: number): string =>
    `${path}: image exceeds ${String(max / (1024 * 1024))} MB maximum: ${String(bytes)} bytes > ${String(max)} bytes`,
  imageTypeWrong: (path: string, mediaType: string): string =>
    `${path}.data: Image does not match the provided media type ${mediaType}`,
  imageUnreadable: 'Could not process image',
  imageEdgeTooLong: (path: string, max: number): string =>
    `${path}.data: At least one of the image dimensions exceed max allowed size: ${String(max)} pixels`,
  imageEdgeTooLongAmongMany: (path: string, max: number): string =>
    `${path}.data: At least one of the image dimensions exceed max allowed size for many-image requests: ${String(max)} pixels`,
  imageOversized: (path: string, size: string, fitted: string): string =>
    `${path}: image dimensions ${size} exceed the maximum image size of a model named on this request and would be downsized to ${fitted}; scale the image to at most ${fitted} or set the image's oversized_image setting to "downsize"`,
  pdfInvalid: (path: string): string => `${path}.data: The PDF specified was not valid.`,
  pdfPagesTooMany: (path: string, max: number): string =>
    `${path}.data: A maximum of ${String(max)} PDF pages may be provided.`,

  cacheBreakpointsTooMany: (max: number, found: number): string =>
    `A maximum of ${String(max)} blocks with cache_control may be provided. Found ${String(found)}.`,
  cacheTtlOrder: (path: string): string =>
    `${path}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`,
  cacheTtlClash: (automatic: string, explicit: string): string =>
    `Top-level cache_control has ttl='${automatic}' but the target block already has cache_control with ttl='${explicit}'. When both are specified on the same block, they must have matching TTLs.`,
  cacheOnEmptyText: (path: string): string =>
    `${path}.text: cache_control cannot be set for empty text blocks`,
  toolDeferredCached: (name: string): string =>
    `Tool '${name}' cannot have both defer_loading=true and cache_control set. Tools with defer_loading cannot use prompt caching.`,
  maxTokensZeroWith: (option: string): string =>
    `max_tokens: 0 fills the prompt cache without an answer and cannot be combined with \`${option}\``,

  fileUnknown: (id: string): string => `File \`${id}\` not found.`,
  fileNotDownloadable: (id: string): string => `File '${id}' is not downloadable`,
  fileExpired: (id: string): string => `File '${id}' has expired`,
  fileMissing: 'file: Field required',
  fileNotForm: 'content-type: multipart/form-data with a boundary is required',
  fileMalformed: 'The request body is not valid multipart/form-data.',
  fileTooManyParts: 'The form has more parts than an upload has.',
  fileTwice: 'file: Exactly one file is expected',
  filenameInvalid:
    'file: The filename must have 1 to 255 characters, none of them a control character or one of < > : " | ? * \\ /',
  fileStorageFull:
    'The file storage of this account is full. Delete files to free up space, then upload again.',
  fileExpiryNotInteger:
    'expires_in_seconds: Input should be a valid integer, unable to parse string as an integer',
  fileExpiryRange: 'expires_in_seconds: Input should be between 3600 and 7776000',
  fileIdsTooMany: (most: number): string => `ids: List should have at most ${String(most)} items`,
  fileIdsWithPage: 'ids: May not be combined with page or limit',
  filePageInvalid: 'page: Not a cursor of a list of files',
  fileCursorUnknown: (name: string, id: string): string => `${name}: File \`${id}\` not found.`,

  formatWithCitations:
    'output_config.format: Structured outputs cannot be combined with citations.',
  formatWithPrefill:
    'output_config.format: Structured outputs cannot be combined with a prefilled assistant message.',
  strictByCode: (at: number): string =>
    `tools.${String(at)}.custom: strict tools cannot be called from code execution`,
  strictTooMany: (count: number, max: number): string =>
    `Too many strict tools (${String(count)}). The maximum number of strict tools supported is ${String(max)}. Try reducing the number of tools marked as strict.`,
  schemaOptionalTooMany: (count: number, max: number): string =>
    `Schemas contains too many optional parameters (${String(count)}), which would make grammar compilation inefficient. Reduce the number of optional parameters in your tool schemas (limit: ${String(max)}).`,
  schemaUnionsTooMany: (count: number, max: number): string =>
    `Schemas contains too many parameters with union types (${String(count)} parameters with type arrays or anyOf). This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters (limit: ${String(max)} parameters with unions).`,
  schemaTooComplex: 'Schema is too complex for compilation.',
  schemaTypeMissing: 'Invalid schema: Schema type is missing',
  schemaKind: (keyword: string): string => `Schema type '${keyword}' is not supported`,
  schemaAllOfReference: "Invalid schema: 'allOf' cannot be combined with '$ref'",
  schemaExternalReference: (reference: string): string =>
    `Invalid schema: External reference is not supported: ${reference}`,
  schemaReferenceUnknown: (reference: string): string =>
    `Invalid schema: Reference to non-existent definition: ${reference}`,
  schemaCircular: (names: readonly string[]): string =>
    `Circular reference detected in schema definitions: ${names.join(' -> ')}`,
  schemaOpenObject: "For 'object' type, 'additionalProperties' must be explicitly set to false",
  schemaAdditional: (said: string): string =>
    `For 'object' type, 'additionalProperties: ${said}' is not supported. Please set 'additionalProperties' to false`,
  schemaProperties: (type: string, [first = '', ...rest]: readonly string[]): string =>
    rest.length === 0
      ? `For '${type}' type, property '${first}' is not supported`
      : `For '${type}' type, properties ${[first, ...rest].join(', ')} are not supported`,
  schemaMinItems: (got: string): string =>
    `For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: ${got})`,
  schemaFormat: (format: string): string =>
    `For 'string' type, format '${format}' is not supported`,
  schemaPattern: (detail: string): string => `Invalid regex in pattern field: ${detail}`,
  schemaEnumComplex: 'Invalid schema: Enum values must be strings, numbers, booleans or null',
  schemaEnumType: (value: string, type: string): string =>
    `Invalid schema: Enum value '${value}' does not match declared type '${type}'`,

  rateExceeded: (
    organizationId: string,
    perMinute: number,
    meter: 'requests' | 'inputTokens' | 'outputTokens',
  ): string =>
    `This request would exceed the rate limit for your organization (${organizationId}) of ${perMinute.toLocaleString('en-US')} ${meterNames[meter]} per minute. For details, refer to: https://docs.anthropic.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase.`,
  noScenario: (model: string, names: string): string =>
    `No scenario of the emulator matches this request for ${model}, and its mode is strict. Scenarios: ${names}.`,

  batchEmpty: 'requests: List should have at least 1 item after validation, not 0',
  batchTooLong: (most: number, items: number): string =>
    `requests: List should have at most ${String(most)} items after validation, not ${String(items)}`,
  customIdTwice: (id: string): string =>
    `requests: custom_id's must be unique within a batch. Duplicate custom_id found: ${id}`,
  streamInBatch: '"stream=True" is not supported in the Message Batches API',
  notInBatch: (name: string): string => `"${name}" is not supported in the Message Batches API`,
  batchUnknown: (id: string): string => `Message Batch ${id} not found.`,
  batchWithoutResults: (id: string): string => `Message Batch ${id} has no available results.`,
  batchNotEnded: 'In progress batches cannot be deleted. Consider canceling the batch instead.',
  batchEnded: (id: string): string =>
    `Message Batch ${id} cannot be canceled because it has ended.`,
  batchQueueFull:
    'This request would exceed the limit on requests waiting in message batches. Please try again later.',

  promptTooLong: (tokens: number, window: number): string =>
    `prompt is too long: ${String(tokens)} tokens > ${String(window)} maximum`,
  inputAndOutputTooLong: (input: number, output: number, window: number): string =>
    `input length and \`max_tokens\` exceed context limit: ${String(input)} + ${String(output)} > ${String(window)}, decrease input length or \`max_tokens\` and try again`,
} as const;
