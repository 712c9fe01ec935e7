import { expect, test } from 'vitest';
import type { CheckedRequest } from '../rules/rule.ts';
import { viewConversation } from '../answer/conversation-view.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import { writeReasoning } from './write-reasoning.ts';

const said = (role: 'user' | 'assistant', content: string) => ({ role, content }) as const;

test.each<[CheckedRequest['messages'], string]>([
  [[said('user', 'Hi')], 'There is 1 user turn, and the last text begins “Hi”.'],
  [[said('user', '')], 'There is 1 user turn and no text to quote.'],
  [
    [said('user', 'Hi'), said('assistant', 'Hello'), said('user', 'Go on')],
    'There are 2 user turns, and the last text begins “Go on”.',
  ],
])('what is thought counts the turns in plain English', (messages, sentence) => {
  const view = viewConversation({ model: 'm', max_tokens: 1, messages });
  const { reasoning, summary } = writeReasoning(view, 100, new DeterministicRandom('seed'));
  expect(reasoning).toContain(sentence);
  expect(summary).toContain(sentence);
});
