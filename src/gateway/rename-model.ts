import { membersIn, setMembers } from '../std/edit-json.ts';
import type { DecodedExchange } from './exchange.ts';

/** The same body with another name for the model in it; every other byte stays, and the edit is named. */
export function renameModel<Asked extends DecodedExchange>(exchange: Asked, name: string): Asked {
  const { call } = exchange;
  const { body } = call.request;
  const members = membersIn(body);
  if (members?.has('model') !== true) return exchange;
  const edits = exchange.edits ?? [];
  const edited = setMembers(body, members, new Map([['model', name]]));
  return {
    ...exchange,
    call: { ...call, request: { ...call.request, body: edited } },
    edits: edits.includes('model-renamed') ? edits : [...edits, 'model-renamed'],
  };
}
