import { blocksOf, lastTurnOf } from '../../messages/request.ts';
import type { JsonObject } from '../../std/json.ts';
import { findCalledTool } from './built-in-tools.ts';
import type { ChosenTool } from './choose-calls.ts';
import type { PlannedBlock } from './planned-block.ts';
import { newId } from './planned-block.ts';
import type { ServerTool, ServerToolOutcome, ServerToolWorld } from './server-tools/server-tool.ts';
import { errorOutcome } from './server-tools/server-tool.ts';

const SECOND_USE_PERCENT = 30;
const direct = { type: 'direct' } as const;

/** What the API's own tools did in one answer: their blocks, and what came of them. */
export interface ServerToolRun {
  readonly blocks: readonly PlannedBlock[];
  readonly outcomes: readonly ServerToolOutcome[];
}

/** Calls a server tool once, sometimes twice; what passes its `max_uses` gets the documented error. */
export function runServerTool(
  chosen: ChosenTool,
  tool: ServerTool,
  world: ServerToolWorld,
): ServerToolRun {
  const { random } = world;
  const usesMax = usesMaxOf(chosen);
  const uses = usesMax !== undefined && random.chance(SECOND_USE_PERCENT) ? 2 : 1;
  const blocks: PlannedBlock[] = [];
  const outcomes: ServerToolOutcome[] = [];
  for (let use = 0; use < uses; use += 1) {
    const id = newId('srvtoolu', random);
    const input = tool.input(world);
    const isOver = usesMax !== undefined && use >= usesMax;
    const outcome = isOver
      ? errorOutcome(tool.resultType, 'max_uses_exceeded')
      : tool.run(input, world);
    const name = tool.calledName ?? chosen.name;
    const call = { type: 'server_tool_use', id, name, input, caller: direct } as const;
    blocks.push({ kind: 'call', block: call }, resultBlock(tool, id, outcome));
    outcomes.push(outcome);
  }
  return { blocks, outcomes };
}

/** A paused turn goes on with the results that it lacks (API reference §5.5, `pause_turn`). */
export function runUnfinished(world: ServerToolWorld): ServerToolRun {
  const run = { blocks: [] as PlannedBlock[], outcomes: [] as ServerToolOutcome[] };
  for (const { id, name, input } of unfinishedCalls(world)) {
    const tool = findCalledTool(name);
    if (tool === undefined) continue;
    const declared = (world.request.tools ?? []).find((offered) => offered.name === name);
    const outcome = tool.run(input, { ...world, tool: declared });
    run.blocks.push(resultBlock(tool, id, outcome));
    run.outcomes.push(outcome);
  }
  return run;
}

interface UnfinishedCall {
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}

function unfinishedCalls({ request }: ServerToolWorld): readonly UnfinishedCall[] {
  const last = lastTurnOf(request.messages);
  if (last?.role !== 'assistant') return [];
  const blocks = blocksOf(last);
  const answered = new Set(
    blocks.flatMap((block) => ('tool_use_id' in block ? [block.tool_use_id] : [])),
  );
  return blocks.flatMap((block) =>
    block.type === 'server_tool_use' && !answered.has(block.id) ? [block] : [],
  );
}

function resultBlock(tool: ServerTool, id: string, outcome: ServerToolOutcome): PlannedBlock {
  const { resultType: type } = tool;
  const caller = tool.resultNamesCaller === true ? { caller: direct } : {};
  return { kind: 'result', block: { type, tool_use_id: id, content: outcome.content, ...caller } };
}

function usesMaxOf({ tool }: ChosenTool): number | undefined {
  const { max_uses: usesMax } = tool as Readonly<Record<string, unknown>>;
  return typeof usesMax === 'number' ? usesMax : undefined;
}
