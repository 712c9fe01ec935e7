import { isRefusal } from '../../messages/errors.ts';
import type { MessagesRequest } from '../../messages/request.ts';
import type { Upstream } from '../../messages/upstream.ts';
import { readRequest } from '../chat-completions/read-request.ts';
import type { HostUpstreamOptions } from '../host-upstream.ts';
import { createHostUpstream, jsonAnswer } from '../host-upstream.ts';
import { decodeRunAnswer } from './decode-run-answer.ts';
import type { RunPlace } from './encode-run-request.ts';
import { encodeRunRequest } from './encode-run-request.ts';
import { readRunError } from './read-run-error.ts';

export interface WorkersAiUpstreamOptions extends HostUpstreamOptions, RunPlace {
  /** Counts the input of a request here: the service does not. */
  readonly countInput: (request: MessagesRequest) => number;
}

const BODY_BYTES_MAX = 32 * 1024 * 1024;

/** An upstream that serves the Messages form as models of Workers AI; Workers reference §1.9, §2. */
export function createWorkersAiUpstream(options: WorkersAiUpstreamOptions): Upstream {
  return createHostUpstream(options, {
    bodyBytesMax: BODY_BYTES_MAX,
    hidden: [options.accountId],
    passedHeaders: { 'cf-ai-req-id': 'x-upstream-request-id' },
    encode: (request) => {
      if (request.operation !== 'messages.count_tokens') return encodeRunRequest(request, options);
      const asked = readRequest(request);
      if (isRefusal(asked)) return asked;
      return jsonAnswer({ input_tokens: options.countInput(asked) });
    },
    understand: readRunError,
    decode: (bytes, { stream }) => decodeRunAnswer(bytes, stream),
  });
}
