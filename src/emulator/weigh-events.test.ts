import { expect, test } from 'vitest';
import { expandMessage } from '../messages/expand-message.ts';
import type { MessagesEvent } from '../messages/events.ts';
import { cutJson } from './answer/cut-json.ts';
import { DeterministicRandom } from './deterministic-random.ts';
import { countTokens } from './tokens/split-tokens.ts';
import { weighEvents } from './weigh-events.ts';

const input = { city: 'Lisbon, the one in Portugal', days: 12, why: 'to see what comes first' };

function eventsOf(eagerTools: ReadonlySet<string>): readonly MessagesEvent[] {
  return expandMessage(
    {
      model: 'm',
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'text', text: 'Two words' },
        { type: 'tool_use', id: 'toolu_1', name: 'f', input },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 2 },
    },
    {
      cutText: (text) => [text],
      cutJson: cutJson(new DeterministicRandom('seed'), eagerTools),
      startOutputTokens: 1,
    },
  );
}

/** The pieces of the arguments with the tokens that each waits for. */
function weighed(eagerTools: ReadonlySet<string>): readonly (readonly [string, number])[] {
  const events = eventsOf(eagerTools);
  const weights = weighEvents(events, eagerTools);
  return events.flatMap((event, at) =>
    event.type === 'content_block_delta' && event.delta.type === 'input_json_delta'
      ? [[event.delta.partial_json, weights[at] ?? 0] as const]
      : [],
  );
}

test('an argument is held back until it is whole, then it comes in one burst', () => {
  const waits = weighed(new Set()).filter(([, weight]) => weight > 0);
  expect(waits.map(([piece]) => piece[0])).toEqual(['{', ',', ',']);
});

test('the arguments of an eager tool come as they are written', () => {
  const pieces = weighed(new Set(['f'])).filter(([piece]) => piece !== '');
  expect(pieces.map(([piece, weight]) => weight === countTokens(piece))).not.toContain(false);
});
