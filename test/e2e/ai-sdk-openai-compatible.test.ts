import { afterAll, beforeAll, describe } from 'vitest';
import { describeAnswers } from '../support/ai-sdk-answers.ts';
import type { AiSdkConnection } from '../support/ai-sdk-face.ts';
import { describeFailures } from '../support/ai-sdk-failures.ts';
import { describeObjects } from '../support/ai-sdk-objects.ts';
import { openAiCompatibleFace } from '../support/ai-sdk-openai-compatible-face.ts';
import { aiSdkScenarios } from '../support/ai-sdk-scenarios.ts';
import { describeThinking } from '../support/ai-sdk-thinking.ts';
import { describeTools } from '../support/ai-sdk-tools.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The Vercel AI SDK and its Chat Completions provider over a real socket, gateway and emulator behind it. */

let gateway: TestGateway;
let connection: AiSdkConnection;
beforeAll(async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  gateway = await startTestGateway(
    'emulator: { scenarios_file: s.yaml }',
    {},
    { 's.yaml': aiSdkScenarios },
  );
  connection = openAiCompatibleFace.connect(gateway);
});
afterAll(() => gateway.stop());

describe('@ai-sdk/openai-compatible', () => {
  const open = (): AiSdkConnection => connection;
  describeAnswers(openAiCompatibleFace, open);
  describeTools(openAiCompatibleFace, open);
  describeObjects(open);
  describeThinking(openAiCompatibleFace, open);
  describeFailures(openAiCompatibleFace, open);
});
