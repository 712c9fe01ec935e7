import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { HeaderList } from '../../messages/upstream.ts';
import type { JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { editMembers } from '../edit-members.ts';
import type { HostCall } from '../host-upstream.ts';
import type { HostModelNames } from '../name-host-model.ts';
import { modelPath, nameHostModel, renameEdits } from '../name-host-model.ts';
import type { ScannedBody } from '../scanned-body.ts';
import { memberOf, scanBody, textMemberOf } from '../scanned-body.ts';

export interface RunPlace extends HostModelNames {
  /** The Cloudflare account. */
  readonly accountId: string;
  /** Where messages are sent: `messages` takes them as they are, `run` as a model's inputs. */
  readonly endpoint: 'messages' | 'run';
  /** The AI gateway that requests go through. */
  readonly gatewayId?: string;
}

/** A request of the Messages form as the account's API takes it; Workers reference §2.1. */
export function encodeRunRequest(
  { headers, body: bytes }: { readonly headers: HeaderList; readonly body: Uint8Array },
  place: RunPlace,
): HostCall | Refusal {
  const body = scanBody(bytes);
  if (body === undefined) return refusal('malformed_json');
  const { accountId, gatewayId } = place;
  const asked = textMemberOf(body, 'model') ?? '';
  const named = nameHostModel(asked, place);
  const base = `/client/v4/accounts/${accountId}/ai`;
  const through = gatewayId === undefined ? [] : ['cf-aig-gateway-id', gatewayId];
  const call = { kind: 'call', headers: [...headers, ...through] } as const;
  if (place.endpoint === 'messages') {
    const edited = editMembers(body, { replace: { model: named.name } });
    return { ...call, path: `${base}/v1/messages`, body: edited, edits: renameEdits(named) };
  }
  const model = modelPath(named.name);
  if (model === undefined) {
    return refusal('not_found', `model: ${asked}`, { param: 'model', reason: 'model_not_found' });
  }
  const system = plainSystem(body);
  if (system !== undefined && typeof system !== 'string') return system;
  const replace = system === undefined ? {} : { system };
  return {
    ...call,
    path: `${base}/run/${model}`,
    body: editMembers(body, { remove: ['model'], replace }),
    edits: [...renameEdits(named), ...(system === undefined ? [] : ['system-joined'])],
  };
}

/** The inputs of a run have a text where messages may have a list of them; Workers reference §1.9. */
function plainSystem(body: ScannedBody): string | undefined | Refusal {
  const system = memberOf(body, 'system');
  if (!Array.isArray(system)) return undefined;
  const texts = (system as readonly JsonValue[]).map((block) => textOfBlock(block));
  const other = texts.findIndex((text) => text === undefined);
  if (other < 0) return texts.join('\n\n');
  const place = `system.${String(other)}`;
  return refusal('invalid_request', `${place}: expected a text block`, { param: place });
}

function textOfBlock(block: JsonValue): string | undefined {
  const text = isJsonObject(block) && block['type'] === 'text' ? block['text'] : undefined;
  return typeof text === 'string' ? text : undefined;
}
