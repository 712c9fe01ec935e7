import type { Model } from '../catalog/model.ts';
import type { JsonObject } from '../std/json.ts';
import type { PageBlock, PageSection } from './model-page.ts';
import type { PageForm } from './page-forms.ts';
import { jsonText } from './json-text.ts';

const MAX_TOKENS = 16_000;
const BUDGET_TOKENS = 10_000;
const INTERLEAVED_BETA = 'interleaved-thinking-2025-05-14';

/** How a model is told to think; seed 003, "Extended Thinking". None where it does not think. */
export function thinkingSection(
  form: PageForm,
  model: Model,
  name: string,
): PageSection | undefined {
  const { enabled, adaptive, unset, disabled } = model.thinking;
  if (!enabled && !adaptive) return undefined;
  const items = [
    ...(enabled
      ? ['Manual mode: `budget_tokens` says how much the model may think, at least 1,024 tokens.']
      : []),
    ...(adaptive ? ['Adaptive mode: the model decides when and how much to think.'] : []),
    ...(unset === 'adaptive' ? ['A request that does not say gets adaptive thinking.'] : []),
    ...(disabled ? [] : ['Thinking cannot be turned off.']),
    '`thinking` is a parameter of its own in SDKs; it does not go into `extra_body`.',
    ...(form === 'chat-completions'
      ? [
          '`reasoning_effort` asks for the same; thinking comes back as `reasoning_content` and `thinking_blocks`.',
        ]
      : []),
    ...(enabled
      ? [
          `With tools, the header \`anthropic-beta: ${INTERLEAVED_BETA}\` lets the model think between calls; \`budget_tokens\` may then exceed \`max_tokens\`.`,
        ]
      : []),
  ];
  return {
    id: 'thinking',
    title: 'Thinking',
    blocks: [
      { kind: 'list', items },
      ...(enabled
        ? [bodyBlock(form, name, { type: 'enabled', budget_tokens: BUDGET_TOKENS })]
        : []),
      ...(adaptive ? [bodyBlock(form, name, { type: 'adaptive' })] : []),
    ],
  };
}

function bodyBlock(form: PageForm, model: string, thinking: JsonObject): PageBlock {
  const body: JsonObject = {
    ...(form === 'workers-ai' ? {} : { model }),
    max_tokens: MAX_TOKENS,
    thinking,
    messages: [{ role: 'user', content: '…' }],
  };
  return { kind: 'code', language: 'json', code: jsonText(body) };
}

/** What surprises who comes from another model; seed 003, "Breaking Changes". */
export function differencesSection(model: Model): PageSection | undefined {
  const items = [
    ...(model.acceptsPrefill
      ? []
      : [
          'No assistant prefill: a conversation that ends with the assistant’s words is a 400. Use structured outputs or append a user message.',
        ]),
    ...(model.acceptsSamplers
      ? []
      : ['No samplers: `temperature`, `top_p` and `top_k` are refused unless they are 1.']),
    ...(model.acceptsSamplers && !model.acceptsBothSamplers
      ? ['`temperature` and `top_p` cannot both be specified: use one or the other.']
      : []),
    'Large answers have to be streamed: SDKs refuse to wait for a large `max_tokens` in one piece.',
  ];
  return { id: 'differences', title: 'Good to know', blocks: [{ kind: 'list', items }] };
}
