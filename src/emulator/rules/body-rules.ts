import type { SchemaIssue } from '../../messages/check-schema.ts';
import type { BodyRule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';
import { noSystemTurnFirst } from './system-turn-rules.ts';

const TEMPERATURE_MAX = 1;

/** What the API checks of the body alone, before it looks for the model. */
export const bodyRules: readonly BodyRule[] = [
  (request) => (request.messages.length === 0 ? ruleTexts.messagesEmpty : undefined),
  noSystemTurnFirst,
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

/** An issue of the schema in words. */
export function issueText(issue: SchemaIssue): string {
  return issue.path === '' ? issue.text : `${issue.path}: ${issue.text}`;
}
