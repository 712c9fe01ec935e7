import type { SchemaIssue } from '../../messages/check-schema.ts';
import type { JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { BodyRule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

const TEMPERATURE_MAX = 1;

/** What the API checks of the body alone, before it looks for the model. */
export const bodyRules: readonly BodyRule[] = [
  (request) => (request.messages.length === 0 ? ruleTexts.messagesEmpty : undefined),
  ({ max_tokens }) =>
    max_tokens !== undefined && max_tokens < 0 ? ruleTexts.maxTokensTooFew : undefined,
  ({ temperature }) =>
    temperature !== undefined && (temperature < 0 || temperature > TEMPERATURE_MAX)
      ? ruleTexts.temperatureRange
      : undefined,
  ({ stop_sequences }) =>
    stop_sequences?.includes('') === true ? ruleTexts.stopSequenceEmpty : undefined,
  ({ stop_sequences }) =>
    stop_sequences?.some((sequence) => sequence.trim() === '') === true
      ? ruleTexts.stopSequenceBlank
      : undefined,
];

/** An issue of the schema in words; some have words of their own. */
export function issueText(issue: SchemaIssue, body: JsonValue): string {
  const systemRole = systemRoleText(issue, body);
  if (systemRole !== undefined) return systemRole;
  return issue.path === '' ? issue.text : `${issue.path}: ${issue.text}`;
}

function systemRoleText(issue: SchemaIssue, body: JsonValue): string | undefined {
  const [field, index, member] = issue.path.split('.');
  if (field !== 'messages' || member !== 'role' || !isJsonObject(body)) return undefined;
  const messages = body['messages'];
  if (!Array.isArray(messages)) return undefined;
  const message = (messages as readonly JsonValue[])[Number(index)];
  if (!isJsonObject(message) || message['role'] !== 'system') return undefined;
  return index === '0' ? ruleTexts.systemFirst : ruleTexts.systemLater;
}
