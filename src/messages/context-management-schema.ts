import type { Field, ObjectSchema } from './schema.ts';
import {
  array,
  boolean,
  booleanOr,
  closed,
  integer,
  nullable,
  optional,
  required,
  string,
  stringOr,
} from './schema.ts';

/** Schema of `context_management`; the API reference §2.5. */

const type: Field = required(string());

const amount = (min: number): ObjectSchema =>
  closed<{ type: string; value: number }>({ type, value: required(integer({ min })) });

const COMPACT_TRIGGER_TOKENS_MIN = 50_000;

export const contextManagementSchema: ObjectSchema = closed<{ edits?: unknown }>({
  edits: optional(
    array({
      kind: 'tagged',
      variants: {
        clear_thinking_20251015: closed<{ type: string; keep?: unknown }>({
          type,
          keep: optional(
            stringOr(
              {
                kind: 'tagged',
                variants: { all: closed<{ type: string }>({ type }), thinking_turns: amount(1) },
              },
              'all',
            ),
          ),
        }),
        clear_tool_uses_20250919: closed<
          Record<'type' | 'trigger' | 'keep', unknown> &
            Record<'clear_at_least' | 'clear_tool_inputs' | 'exclude_tools', unknown>
        >({
          type,
          trigger: optional({
            kind: 'tagged',
            variants: { input_tokens: amount(1), tool_uses: amount(1) },
          }),
          keep: optional({ kind: 'tagged', variants: { tool_uses: amount(0) } }),
          clear_at_least: optional(
            nullable({ kind: 'tagged', variants: { input_tokens: amount(0) } }),
          ),
          clear_tool_inputs: optional(nullable(booleanOr(array(string())))),
          exclude_tools: optional(nullable(array(string()))),
        }),
        compact_20260112: closed<
          Record<'type' | 'trigger' | 'pause_after_compaction' | 'instructions', unknown>
        >({
          type,
          trigger: optional(
            nullable({
              kind: 'tagged',
              variants: { input_tokens: amount(COMPACT_TRIGGER_TOKENS_MIN) },
            }),
          ),
          pause_after_compaction: optional(boolean),
          instructions: optional(nullable(string())),
        }),
      },
      betas: {
        clear_thinking_20251015: ['context-management-2025-06-27'],
        clear_tool_uses_20250919: ['context-management-2025-06-27'],
        compact_20260112: ['compact-2026-01-12', 'compact-2026-09-04'],
      },
    }),
  ),
});
