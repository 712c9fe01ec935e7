import type { RouteFeature } from '../config/route-config.ts';
import type { DecodedCall } from '../dialects/dialect.ts';
import { asksForStream } from './asks-for-stream.ts';
import type { AskedBody } from './asked-body.ts';
import { headerIn } from './header-in.ts';

/** A request as far as its features are looked for in it. */
export interface FeaturedRequest {
  readonly call: DecodedCall;
  /** Scanned when it is first asked for. */
  readonly body: () => AskedBody;
}

/** About 200,000 tokens of text, beyond which the long context is used; API reference §2.7. */
const LONG_BYTES = 800_000;

const thinks = /"type"\s*:\s*"(?:enabled|adaptive)"/;
/** Tools that run where the model does. */
const runsThere = /"type"\s*:\s*"(?:web_search|web_fetch|code_execution)_/;
const isStrict = /"strict"\s*:\s*true/;
const hasFormat = /"format"\s*:\s*\{/;

/** How each feature shows; what is in a body is searched for and not parsed. */
const features: Readonly<Record<RouteFeature, (asked: FeaturedRequest) => boolean>> = {
  stream: ({ call }) => asksForStream(call),
  tools: ({ body }) => body().isFilled('tools'),
  thinking: ({ body }) => thinks.test(body().textOf('thinking')),
  documents: ({ body }) => body().hasType('messages', 'document'),
  images: ({ body }) => body().hasType('messages', 'image'),
  server_tools: ({ body }) =>
    body().isFilled('mcp_servers') || runsThere.test(body().textOf('tools')),
  long_context: ({ call: { request } }) =>
    request.body.length > LONG_BYTES ||
    headerIn(request.headers, 'anthropic-beta')?.includes('context-1m-') === true,
  structured_output: ({ body }) =>
    body().isFilled('output_format') ||
    hasFormat.test(body().textOf('output_config')) ||
    isStrict.test(body().textOf('tools')),
  batch: ({ call }) => call.request.isBatch === true,
};

/** Whether a request uses something that routes can ask for. */
export function usesFeature(asked: FeaturedRequest, feature: RouteFeature): boolean {
  return features[feature](asked);
}
