import type { Message } from '../../messages/response.ts';
import { isJsonObject } from '../../std/json.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { findCalledTool } from './built-in-tools.ts';
import type { PlannedBlock } from './planned-block.ts';
import { newId } from './planned-block.ts';

/** A container is gone so long after its last use. */
const KEPT_MS = 30 * 86_400_000;

/** The container that an answer's code ran in: the one that the request names, else a new one (§3.3). */
export function containerOf(
  { container }: CheckedRequest,
  blocks: readonly PlannedBlock[],
  making: { readonly random: DeterministicRandom; readonly dayMs: number },
): Pick<Message, 'container'> {
  if (!blocks.some((block) => runsCode(block))) return {};
  const named = isJsonObject(container) ? container['id'] : container;
  const id =
    typeof named === 'string' ? named : newId('container', making.random.fork('container'));
  return {
    container: { id, expires_at: new Date(making.dayMs + KEPT_MS).toISOString() },
  };
}

function runsCode(block: PlannedBlock): boolean {
  if (block.kind === 'result') return block.block.type.endsWith('code_execution_tool_result');
  if (block.kind !== 'call') return false;
  const { name, type, caller } = block.block;
  const isByCode = caller !== undefined && caller !== null && caller.type !== 'direct';
  return isByCode || (type === 'server_tool_use' && findCalledTool(name)?.runsInContainer === true);
}
