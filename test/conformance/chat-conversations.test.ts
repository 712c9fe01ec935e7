import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessages } from '../../src/dialects/chat-completions/decode-messages.ts';
import { isRefusal } from '../../src/messages/errors.ts';
import { askRules } from '../support/ask-rules.ts';
import { chatConversation } from '../support/chat-conversation-arbitrary.ts';
import { knownModel } from '../support/decode-conversation.ts';

/** The emulator knows the Messages form and nothing of any dialect: it is the independent witness. */
test('what conversations become is a request that the API takes', () => {
  const texts = new Map<string, number>();
  fastCheck.assert(
    fastCheck.property(chatConversation, (messages) => {
      const decoded = decodeMessages({ messages }, { model: knownModel() });
      if (isRefusal(decoded) || decoded.cacheMarkers > 4) return;
      const text = askRules({ messages: decoded.messages, system: decoded.system });
      texts.set(text, (texts.get(text) ?? 0) + 1);
      // Pictures of the arbitrary are not whole, and its signatures are nobody's.
      expect(text).toMatch(/^accepted$|Could not process image|Invalid `(?:signature|data)`/);
    }),
    { numRuns: 1000 },
  );
  expect(texts.get('accepted')).toBeGreaterThan(200);
});
