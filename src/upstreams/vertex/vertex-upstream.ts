import type { Upstream } from '../../messages/upstream.ts';
import { isJsonObject, parseJson } from '../../std/json.ts';
import type { HostError } from '../host-error.ts';
import { firstOf, hostMessage } from '../host-error.ts';
import type { HostUpstreamOptions } from '../host-upstream.ts';
import { createHostUpstream } from '../host-upstream.ts';
import type { HostModelNames } from '../name-host-model.ts';
import { encodeVertexRequest } from './encode-vertex-request.ts';

export interface VertexUpstreamOptions extends HostUpstreamOptions, HostModelNames {
  readonly project: string;
  readonly region: string;
}

const BODY_BYTES_MAX = 30 * 1024 * 1024;

/** The words of Google's APIs for errors, as the statuses of ours; those not here keep their own. */
const statuses: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 529,
  DEADLINE_EXCEEDED: 504,
};

/** An upstream that serves the Messages form as a publisher's model of Vertex AI; API reference §12. */
export function createVertexUpstream(options: VertexUpstreamOptions): Upstream {
  return createHostUpstream(options, {
    bodyBytesMax: BODY_BYTES_MAX,
    hidden: [options.project],
    passedHeaders: {},
    encode: (request) => encodeVertexRequest(request, options),
    understand,
  });
}

/** An error of the platform itself: its status is a word, and its message plain text. */
function understand({ status, text }: HostError): HostError {
  const parsed = parseJson(text);
  const outer = parsed.kind === 'value' ? firstOf(parsed.value) : null;
  const error = isJsonObject(outer) ? outer['error'] : undefined;
  const word = isJsonObject(error) ? error['status'] : undefined;
  const known = typeof word === 'string' && Object.hasOwn(statuses, word) ? statuses[word] : status;
  const message = hostMessage(outer);
  return {
    status: known ?? status,
    text: message === undefined ? text : JSON.stringify({ message }),
  };
}

/** The host of a region; API reference §12. */
export function vertexOrigin(region: string): string {
  switch (region) {
    case 'global':
      return 'https://aiplatform.googleapis.com';
    case 'us':
    case 'eu':
      return `https://aiplatform.${region}.rep.googleapis.com`;
    default:
      return `https://${region}-aiplatform.googleapis.com`;
  }
}
