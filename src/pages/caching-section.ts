import type { Model } from '../catalog/model.ts';
import type { JsonObject } from '../std/json.ts';
import { countText } from './count-text.ts';
import type { PageSection } from './model-page.ts';
import type { PageForm } from './page-forms.ts';
import { jsonText } from './json-text.ts';

const staticPrompt: JsonObject = {
  type: 'text',
  text: '<long static system prompt>',
  cache_control: { type: 'ephemeral' },
};
const turn: JsonObject = { role: 'user', content: '…' };
const MAX_TOKENS = 1024;

const bodies: Readonly<Record<PageForm, (name: string) => JsonObject>> = {
  'workers-ai': () => ({ system: [staticPrompt], messages: [turn], max_tokens: MAX_TOKENS }),
  messages: (model) => ({
    model,
    max_tokens: MAX_TOKENS,
    system: [staticPrompt],
    messages: [turn],
  }),
  'chat-completions': (model) => ({
    model,
    max_tokens: MAX_TOKENS,
    messages: [{ role: 'system', content: [staticPrompt] }, turn],
  }),
};

/** Where a form says how much of a prompt came from the cache. */
const counts: Readonly<Record<PageForm, string>> = {
  'workers-ai':
    'Where any of a prompt was, `gatewayMetadata.usage` of the answer has `cache_read_input_tokens` and `cache_creation_input_tokens`.',
  messages:
    '`usage` says what came from the cache: `cache_read_input_tokens` and `cache_creation_input_tokens`; `input_tokens` is the rest.',
  'chat-completions':
    '`usage.prompt_tokens_details.cached_tokens` says what came from the cache; it is part of `prompt_tokens`.',
};

/** How prompts are stored; seeds 003 and 004. */
export function cachingSection(form: PageForm, model: Model, name: string): PageSection {
  const { cacheTokensMin } = model;
  return {
    id: 'caching',
    title: 'Prompt caching',
    blocks: [
      {
        kind: 'text',
        text: '`cache_control` blocks reduce cost on repeated prompts. Cache reads are charged at the discounted rate in the [pricing table](#pricing). What stays the same goes first: system prompt and tools; only the turns after it change.',
      },
      {
        kind: 'list',
        items: [
          `Minimum ${countText(cacheTokensMin)} tokens; a shorter prompt is not stored.`,
          'Ephemeral type with 5-minute default lifetime; `"ttl": "1h"` stores it for an hour. Each read begins the time anew.',
          'A request has at most four `cache_control` blocks.',
          counts[form],
        ],
      },
      { kind: 'code', language: 'json', code: jsonText(bodies[form](name)) },
    ],
  };
}
