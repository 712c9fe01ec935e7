import type { RequestBlock, ToolUseBlock } from '../../../messages/content-blocks.ts';
import type { Refusal } from '../../../messages/errors.ts';
import type { MessageParam } from '../../../messages/request.ts';
import { checkToolPairs } from './check-tool-pairs.ts';
import type { SpokenBlock, Turn } from './placed-block.ts';
import { dropBlanks, isSealed } from './placed-block.ts';
import { refuseParameter } from '../refuse-parameter.ts';
import { ToolCallIds } from './tool-call-ids.ts';

/**
 * Blocks into turns that the Messages form takes: of alternating roles, nothing blank, results of tools
 * first and complete, ids in its alphabet (chat reference §2.3, turn rules 1 to 8).
 */
export function arrangeTurns(
  spoken: readonly SpokenBlock[],
  acceptsPrefill: boolean | undefined,
): readonly MessageParam[] | Refusal {
  const sounded = turnsOf(dropBlanks(spoken)).flatMap((turn) => dropLastThinking(turn));
  const turns = turnsOf(sounded).map((turn) => resultsFirst(turn));
  if (turns.length === 0) {
    return refuseParameter(
      'messages',
      'at least one message has to say something besides system text',
    );
  }
  const unpaired = checkToolPairs(turns);
  if (unpaired !== undefined) return unpaired;
  const last = turns.at(-1);
  if (last?.role !== 'assistant') return withOwnIds(turns);
  if (acceptsPrefill === false && !isPaused(last)) {
    return refuseParameter(
      'messages',
      'this model does not continue an assistant message: the conversation has to end with a user or tool message',
    );
  }
  return withOwnIds([...turns.slice(0, -1), trimEnd(last)]);
}

function turnsOf(blocks: readonly SpokenBlock[]): readonly Turn[] {
  const turns: { readonly role: Turn['role']; readonly blocks: SpokenBlock[] }[] = [];
  for (const spoken of blocks) {
    const last = turns.at(-1);
    if (last?.role === spoken.role) last.blocks.push(spoken);
    else turns.push({ role: spoken.role, blocks: [spoken] });
  }
  return turns;
}

/** An answer that was cut while it thought ends in thinking; no turn may (API reference §4.5). */
function dropLastThinking({ role, blocks }: Turn): readonly SpokenBlock[] {
  if (role === 'user') return blocks;
  const last = blocks.findLastIndex(({ block }) => !isSealed(block));
  return blocks.slice(0, last + 1);
}

function resultsFirst({ role, blocks }: Turn): Turn {
  const isResult = ({ block }: SpokenBlock): boolean => block.type === 'tool_result';
  return {
    role,
    blocks: [...blocks.filter(isResult), ...blocks.filter((spoken) => !isResult(spoken))],
  };
}

/** A turn of server tools that was paused goes on where it ended (API reference §3.2 rule 7). */
function isPaused({ blocks }: Turn): boolean {
  const last = blocks.at(-1)?.block.type ?? 'text';
  return /^(?:server_tool_use|mcp_tool_use|compaction|.+_tool_result)$/.test(last);
}

/** White space at the end of words to be continued is refused (chat reference §2.3 rule 6). */
function trimEnd({ role, blocks }: Turn): Turn {
  const last = blocks.at(-1);
  if (last?.block.type !== 'text') return { role, blocks };
  const block = { ...last.block, text: last.block.text.trimEnd() };
  return { role, blocks: [...blocks.slice(0, -1), { ...last, block }] };
}

/** Each result follows its call by one turn, so the ids of a turn are forgotten after the next. */
function withOwnIds(turns: readonly Turn[]): readonly MessageParam[] {
  const ids = new ToolCallIds();
  let called: ReadonlyMap<string, string> = new Map();
  return turns.map(({ role, blocks }) => {
    if (role === 'assistant') called = idsOf(blocks, ids);
    const own = blocks.map(({ block }) => withOwnId(block, called));
    const [only] = blocks;
    const isText = blocks.length === 1 && only?.isWhole === true;
    return { role, content: isText && own[0]?.type === 'text' ? own[0].text : own };
  });
}

function idsOf(blocks: readonly SpokenBlock[], ids: ToolCallIds): ReadonlyMap<string, string> {
  const calls = blocks.map(({ block }) => block).filter((block) => isCall(block));
  return new Map(calls.map(({ id }) => [id, ids.next(id)]));
}

function isCall(block: RequestBlock): block is ToolUseBlock {
  return block.type === 'tool_use';
}

function withOwnId(block: RequestBlock, called: ReadonlyMap<string, string>): RequestBlock {
  if (block.type === 'tool_use') {
    const id = called.get(block.id) ?? block.id;
    return id === block.id ? block : { ...block, id };
  }
  if (block.type !== 'tool_result') return block;
  const id = called.get(block.tool_use_id) ?? block.tool_use_id;
  return id === block.tool_use_id ? block : { ...block, tool_use_id: id };
}
