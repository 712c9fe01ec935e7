import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { Upstream, UpstreamRequest } from '../../messages/upstream.ts';
import { editMembers } from '../edit-members.ts';
import type { HostCall, HostUpstreamOptions } from '../host-upstream.ts';
import { createHostUpstream } from '../host-upstream.ts';
import type { HostModelNames } from '../name-host-model.ts';
import { nameHostModel, renameEdits } from '../name-host-model.ts';
import { scanBody, textMemberOf } from '../scanned-body.ts';

export interface AzureUpstreamOptions extends HostUpstreamOptions {
  /** Names of deployments, by the models that requests name; `*` is for all others. */
  readonly deployments: HostModelNames['models'];
  /** Another name of the resource than its address, which no error says. */
  readonly resource?: string;
}

const BODY_BYTES_MAX = 32 * 1024 * 1024;

/**
 * An upstream that serves the Messages form as deployments of Microsoft Foundry: the API itself at
 * another address, with names of deployments in the place of models. API reference §12.
 */
export function createAzureUpstream(options: AzureUpstreamOptions): Upstream {
  const spoken = { ...options, hearsWait: true };
  return createHostUpstream(spoken, {
    bodyBytesMax: BODY_BYTES_MAX,
    hidden: options.resource === undefined ? [] : [options.resource],
    passedHeaders: { 'apim-request-id': 'apim-request-id' },
    encode: (request) => encodeRequest(request, options.deployments),
    // Its proxy writes errors of its own, whose status says all that there is to it.
    understand: (error) => error,
  });
}

function encodeRequest(
  { path, headers, body: bytes }: UpstreamRequest,
  deployments: HostModelNames['models'],
): HostCall | Refusal {
  const body = scanBody(bytes);
  if (body === undefined) return refusal('malformed_json');
  const asked = textMemberOf(body, 'model') ?? '';
  const named = nameHostModel(asked, { models: deployments, byDefault: (name) => name });
  const edited = named.isRenamed ? editMembers(body, { replace: { model: named.name } }) : bytes;
  return { kind: 'call', path, headers, body: edited, edits: renameEdits(named) };
}

/** What stands before `/v1/messages` at a resource; API reference §12. */
export function azureBaseUrl(resource: string): string {
  return `https://${resource}.services.ai.azure.com/anthropic`;
}
