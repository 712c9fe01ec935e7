import type { DeterministicRandom } from '../deterministic-random.ts';
import { generateJson } from '../json-schema/generate-json.ts';
import { formatOf } from '../rules/format-rules.ts';
import type { AcceptedRequest } from '../rules/read-request.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { isToolForced } from '../rules/rule.ts';
import type { ThinkingPlan } from '../thinking/plan-thinking.ts';
import { planThinking } from '../thinking/plan-thinking.ts';
import { waitingCode } from './call-by-code.ts';
import type { ChosenTool } from './choose-calls.ts';
import { chooseTools, findCustomTool } from './choose-calls.ts';
import { citablePassages } from './cite-documents.ts';
import { continueJson } from './continue-json.ts';
import type { ConversationView } from './conversation-view.ts';
import { viewConversation } from './conversation-view.ts';
import { planCalls, resumeCode } from './plan-calls.ts';
import type { PlannedBlock } from './planned-block.ts';
import type { ServerToolRun } from './run-server-tool.ts';
import { runServerTool, runUnfinished } from './run-server-tool.ts';
import type { Passage, ServerTool, ServerToolWorld } from './server-tools/server-tool.ts';
import { weavePassages } from './weave-passages.ts';
import { writeAnswer } from './write-answer.ts';
import { writeJson } from './write-json.ts';

const CITED_SOURCES_MAX = 3;

/** Everything the answer to a request would say if it had all the room. */
export function planAnswer(
  accepted: Pick<AcceptedRequest, 'request' | 'facts' | 'betas' | 'wantsJsonObject'>,
  random: DeterministicRandom,
  /** Midnight before the request, which stands in what server tools bring back. */
  dayMs: number,
): readonly PlannedBlock[] {
  const { request, wantsJsonObject } = accepted;
  const view = viewConversation(request);
  const writing = { request, view, random, wantsJsonObject };
  const world: ServerToolWorld = { request, tool: undefined, view, random, dayMs };
  const unfinished = runUnfinished(world);
  const tools = chooseTools(request, random.fork('tools'));
  const isForced = isToolForced(request) && tools.length > 0;
  const blocks: PlannedBlock[] = [...unfinished.blocks];
  if (!isForced) blocks.push(...thinkingBlocks({ ...accepted, view }, random.fork('thinking')));
  const code = waitingCode(request);
  if (code !== undefined) {
    const resumed = resumeCode(code, writing);
    if (resumed.some(({ kind }) => kind === 'call')) return resumed;
    blocks.push(...resumed);
  }
  const outcomes = [...unfinished.outcomes];
  const [byApi, byCaller] = splitByRunner(tools);
  for (const { chosen, tool } of byApi) {
    const run = runServerTool(chosen, tool, { ...world, tool: chosen.tool });
    blocks.push(...run.blocks);
    outcomes.push(...run.outcomes);
  }
  const calls = [...byCaller, ...foundAmong(outcomes, request)];
  if (calls.length === 0) return [...blocks, ...textBlocks(writing, outcomes)];
  const lead = outcomes.map(({ said }) => said).join(' ');
  if (lead !== '') blocks.push({ kind: 'text', text: lead });
  return [...blocks, ...planCalls(calls, writing, isForced || lead !== '')];
}

type Outcomes = ServerToolRun['outcomes'];

interface RunByApi {
  readonly chosen: ChosenTool;
  readonly tool: ServerTool;
}

function splitByRunner(
  tools: readonly ChosenTool[],
): readonly [readonly RunByApi[], readonly ChosenTool[]] {
  const byApi = tools.flatMap((chosen) =>
    chosen.builtIn?.kind === 'server' ? [{ chosen, tool: chosen.builtIn }] : [],
  );
  return [byApi, tools.filter(({ builtIn }) => builtIn?.kind !== 'server')];
}

/** The first tool that a search found is called at once. */
function foundAmong(outcomes: Outcomes, request: CheckedRequest): readonly ChosenTool[] {
  const [name] = outcomes.flatMap(({ foundTools }) => foundTools);
  const found = name === undefined ? undefined : findCustomTool(request, name);
  return found === undefined ? [] : [found];
}

interface Writing {
  readonly request: CheckedRequest;
  readonly view: ConversationView;
  readonly random: DeterministicRandom;
  readonly wantsJsonObject: boolean;
}

/** The words that end an answer, with what they cite. */
function textBlocks(writing: Writing, outcomes: Outcomes): readonly PlannedBlock[] {
  const { request, view, random } = writing;
  const formatted = formattedText(writing);
  if (formatted !== undefined) return [{ kind: 'text', text: formatted }];
  const continued = view.isContinued ? continueJson(view.continuedText, view.words) : undefined;
  if (continued !== undefined) return [{ kind: 'text', text: continued }];
  if (writing.wantsJsonObject) return [{ kind: 'text', text: JSON.stringify(writeJson(writing)) }];
  const said = outcomes.map((outcome) => outcome.said).join(' ');
  const brought = outcomes.flatMap(({ passages }) => passages);
  const answer = writeAnswer(view, random);
  if (outcomes.length > 0) return weavePassages(said, brought, answer);
  return weavePassages(answer, drawPassages(request, random));
}

/** A passage of each of a few sources. */
function drawPassages(request: CheckedRequest, random: DeterministicRandom): readonly Passage[] {
  return citablePassages(request)
    .slice(0, CITED_SOURCES_MAX)
    .flatMap((passages) => random.pick(passages) ?? []);
}

function thinkingBlocks(plan: ThinkingPlan, random: DeterministicRandom): readonly PlannedBlock[] {
  const thought = planThinking(plan, random);
  if (thought === undefined) return [];
  return [{ kind: 'thinking', text: thought.summary, reasoning: thought.reasoning }];
}

function formattedText({ request, view, random }: Writing): string | undefined {
  const schema = formatOf(request);
  if (schema === undefined) return undefined;
  return JSON.stringify(generateJson(schema, { random, words: view.words }));
}
