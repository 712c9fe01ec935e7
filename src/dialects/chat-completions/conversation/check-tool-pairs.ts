import type { Refusal } from '../../../messages/errors.ts';
import type { SpokenBlock, Turn } from './placed-block.ts';
import { refuseParameter } from '../refuse-parameter.ts';

/** How many ids a complaint names, and how much of each. */
const NAMED_MAX = 20;
const NAME_LENGTH_MAX = 80;

/**
 * Every call is answered in the next turn, once, and nothing else is (chat reference §2.3 rule 4). The
 * texts are those that clients of this form know, spelling included.
 */
export function checkToolPairs(turns: readonly Turn[]): Refusal | undefined {
  for (const [at, turn] of turns.entries()) {
    const issue =
      turn.role === 'user' ? resultIssue(turn, turns[at - 1]) : callIssue(turn, turns[at + 1]);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function resultIssue({ blocks }: Turn, before: Turn | undefined): Refusal | undefined {
  const unanswered = new Set((before?.blocks ?? []).flatMap((spoken) => callId(spoken)));
  const called = new Set(unanswered);
  for (const spoken of blocks) {
    for (const id of resultId(spoken)) {
      if (!called.has(id)) {
        return refuseParameter(
          spoken.param,
          "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        );
      }
      if (!unanswered.delete(id)) {
        return refuseParameter(spoken.param, `the call '${named(id)}' has more than one result`);
      }
    }
  }
  return undefined;
}

function callIssue({ blocks }: Turn, next: Turn | undefined): Refusal | undefined {
  const answered = new Set((next?.blocks ?? []).flatMap((spoken) => resultId(spoken)));
  const called = new Set<string>();
  for (const spoken of blocks) {
    for (const id of callId(spoken)) {
      if (called.has(id)) {
        return refuseParameter(spoken.param, `two calls of one turn have the id '${named(id)}'`);
      }
      called.add(id);
    }
  }
  const missing = [...called].filter((id) => !answered.has(id));
  if (missing.length === 0) return undefined;
  const names = missing.slice(0, NAMED_MAX).map((id) => named(id));
  return refuseParameter(
    'messages',
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${names.join(', ')}`,
  );
}

function callId({ block }: SpokenBlock): readonly string[] {
  return block.type === 'tool_use' ? [block.id] : [];
}

function resultId({ block }: SpokenBlock): readonly string[] {
  return block.type === 'tool_result' ? [block.tool_use_id] : [];
}

function named(id: string): string {
  return id.slice(0, NAME_LENGTH_MAX);
}
