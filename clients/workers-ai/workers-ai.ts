/** What `quatrain/workers-ai` gives: a stand-in for a Worker's `env.AI`, its errors and its types. */
export { headOf } from './answer-head.ts';
export type { AnswerHead } from './answer-head.ts';
export type {
  AiAsyncBatchResponse,
  AiModelMap,
  AiModelsSearchObject,
  AiModelsSearchParams,
  AiOptions,
  WorkersAi,
} from './ai-types.ts';
export {
  AiGatewayInternalError,
  AiGatewayLogNotFound,
  AiInternalError,
  InferenceUpstreamError,
} from './binding-errors.ts';
export type { AnswerFacts } from './binding-errors.ts';
export type {
  ClaudeInputs,
  ClaudeMessage,
  ClaudeModels,
  UnsampledClaudeInputs,
} from './claude-models.ts';
export { createAI } from './create-ai.ts';
export type { CreateAiSettings } from './create-ai.ts';
export type {
  AiGateway,
  AiGatewayLog,
  AiGatewayPatchLog,
  GatewayOptions,
  GatewayRetries,
  MetadataValue,
  UniversalRequest,
  UniversalRunOptions,
} from './gateway-types.ts';
export type {
  ConversionRequestOptions,
  ConversionResponse,
  MarkdownDocument,
  SupportedFileFormat,
  ToMarkdownService,
} from './markdown-types.ts';
