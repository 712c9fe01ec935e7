import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { HeaderList, UpstreamRequest } from '../../messages/upstream.ts';
import { editMembers } from '../edit-members.ts';
import type { HostCall } from '../host-upstream.ts';
import type { HostModelNames } from '../name-host-model.ts';
import { modelPath, nameHostModel, renameEdits } from '../name-host-model.ts';
import type { Unserved } from '../refuse-unserved.ts';
import { refuseUnserved } from '../refuse-unserved.ts';
import { scanBody, textMemberOf } from '../scanned-body.ts';

export interface VertexPlace extends HostModelNames {
  /** The upstream's name, for whoever is refused. */
  readonly name: string;
  readonly project: string;
  readonly region: string;
}

/** What stands in the body where the API has a header; API reference §12. */
const VERSION = 'vertex-2023-10-16';

/** What this host has not; of web search it has the first version alone. API reference §12. */
const unserved: Unserved = {
  members: ['mcp_servers', 'inference_geo', 'container'],
  toolTypes: ['mcp_toolset', 'web_fetch_', 'web_search_', 'code_execution_'],
  servedToolTypes: ['web_search_20250305'],
};

/** A request of the Messages form as Vertex AI takes it: the model in the path, the version in the body. */
export function encodeVertexRequest(
  request: UpstreamRequest,
  place: VertexPlace,
): HostCall | Refusal {
  const body = scanBody(request.body);
  if (body === undefined) return refusal('malformed_json');
  const refused = refuseUnserved(body, unserved, place.name);
  if (refused !== undefined) return refused;
  const asked = textMemberOf(body, 'model') ?? '';
  const named = nameHostModel(asked, place);
  const models = `/v1/projects/${place.project}/locations/${place.region}/publishers/anthropic/models`;
  const add = { anthropic_version: VERSION };
  const headers = withoutVersion(request.headers);
  const edits = renameEdits(named);
  if (request.operation === 'messages.count_tokens') {
    const bytes = editMembers(body, { add, replace: { model: named.name } });
    return { kind: 'call', path: `${models}/count-tokens:rawPredict`, headers, body: bytes, edits };
  }
  const model = named.name.includes('/') ? undefined : modelPath(named.name);
  if (model === undefined) {
    return refusal('not_found', `model: ${asked}`, { param: 'model', reason: 'model_not_found' });
  }
  const method = request.stream ? 'streamRawPredict' : 'rawPredict';
  const bytes = editMembers(body, { add, remove: ['model'] });
  return { kind: 'call', path: `${models}/${model}:${method}`, headers, body: bytes, edits };
}

function withoutVersion(headers: HeaderList): HeaderList {
  return headers.filter((_, index) => headers[index - (index % 2)] !== 'anthropic-version');
}
