import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { BodyRule, Rule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

/** The first words of a system are the parameter `system`, whatever the model (API reference §4.4). */
export const noSystemTurnFirst: BodyRule = ({ messages }) =>
  messages[0]?.role === 'system' ? ruleTexts.systemFirst : undefined;

/**
 * Messages of the role `system` within a conversation: from Opus 4.8 on, behind a user's turn, before
 * an answer or at the end. Several in a row count as one. API reference §3, §4.4.
 */
export const systemTurnRules: readonly Rule[] = [
  ({ request: { messages }, facts }) =>
    !facts.acceptsSystemTurns && messages.some(isSystemTurn) ? ruleTexts.systemLater : undefined,
  ({ request: { messages } }) => firstSystemTurn(messages, contentIssue),
  ({ request: { messages } }) => firstSystemTurn(messages, (at) => placeIssue(messages, at)),
];

/** Whether a message is the application's and not a turn of the conversation. */
function isSystemTurn({ role }: MessageParam): boolean {
  return role === 'system';
}

function firstSystemTurn(
  messages: readonly MessageParam[],
  check: (at: number, message: MessageParam) => string | undefined,
): string | undefined {
  for (const [at, message] of messages.entries()) {
    const text = isSystemTurn(message) ? check(at, message) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

function contentIssue(at: number, message: MessageParam): string | undefined {
  if (message.content.length === 0) return ruleTexts.systemTurnEmpty(at);
  const isText = blocksOf(message).every(({ type }) => type === 'text');
  return isText ? undefined : ruleTexts.systemTurnBlocks(at);
}

function placeIssue(messages: readonly MessageParam[], at: number): string | undefined {
  const [before, after] = [messages[at - 1], messages[at + 1]];
  if (before !== undefined && before.role === 'assistant' && !endsInServerResult(before)) {
    return ruleTexts.systemTurnFollows(at);
  }
  return after?.role === 'user' ? ruleTexts.systemTurnPrecedes(at) : undefined;
}

function endsInServerResult(message: MessageParam): boolean {
  return blocksOf(message).at(-1)?.type.endsWith('_tool_result') === true;
}
