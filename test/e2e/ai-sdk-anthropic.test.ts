import { afterAll, beforeAll, describe } from 'vitest';
import { anthropicFace, startAiSdkGateway } from '../support/ai-sdk-anthropic-face.ts';
import { describeAnswers } from '../support/ai-sdk-answers.ts';
import type { AiSdkConnection } from '../support/ai-sdk-face.ts';
import { describeFailures } from '../support/ai-sdk-failures.ts';
import { describeObjects } from '../support/ai-sdk-objects.ts';
import { describeThinking } from '../support/ai-sdk-thinking.ts';
import { describeTools } from '../support/ai-sdk-tools.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';

/** The Vercel AI SDK and its Messages provider over a real socket, gateway and emulator behind it. */

let gateway: TestGateway;
let connection: AiSdkConnection;
beforeAll(async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  gateway = await startAiSdkGateway();
  connection = anthropicFace.connect(gateway);
});
afterAll(() => gateway.stop());

describe('@ai-sdk/anthropic', () => {
  const open = (): AiSdkConnection => connection;
  describeAnswers(anthropicFace, open);
  describeTools(anthropicFace, open);
  describeObjects(open);
  describeThinking(anthropicFace, open);
  describeFailures(anthropicFace, open);
});
