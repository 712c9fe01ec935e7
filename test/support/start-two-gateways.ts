import type { TestGateway } from './start-test-gateway.ts';
import { startTestGateway } from './start-test-gateway.ts';

/** A gateway whose engine is another gateway, which has the emulator behind it. */
export interface TwoGateways {
  /** What callers speak to. */
  readonly front: TestGateway;
  /** What it asks, in the Chat Completions form. */
  readonly back: TestGateway;
  stop(): Promise<void>;
}

/** `backYaml` configures the second gateway, `more` adds to the upstream's options. */
export async function startTwoGateways(backYaml = '', more = ''): Promise<TwoGateways> {
  const back = await startTestGateway(backYaml);
  const yaml = `upstreams:
  engine:
    kind: chat-completions
    engine: quatrain
    base_url: ${back.url}/v1
    api_key: env:ENGINE_KEY
${more}log_level: debug
`;
  const front = await startTestGateway(yaml, { ENGINE_KEY: back.key });
  return {
    front,
    back,
    async stop(): Promise<void> {
      await front.stop();
      await back.stop();
    },
  };
}
