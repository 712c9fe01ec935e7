import { modelDirectory } from '../../src/catalog/describe-model.ts';
import { resolveModel } from '../../src/catalog/resolve-model.ts';
import { createEmulator } from '../../src/emulator/create-emulator.ts';
import { errorTable } from '../../src/messages/errors.ts';
import type { Operation } from '../../src/messages/upstream.ts';
import { collect } from '../../src/std/byte-stream.ts';
import { CancellationSource } from '../../src/std/cancellation.ts';
import type { JsonValue } from '../../src/std/json.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';

const BYTES_MAX = 50_000_000;

/** What a described request may use: each beta brings members, blocks or tools. */
const betas = [
  'advisor-tool-2026-03-01',
  'cache-diagnosis-2026-04-07',
  'code-execution-2025-05-22',
  'compact-2026-01-12',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'context-management-2025-06-27',
  'fast-mode-2026-02-01',
  'interleaved-thinking-2025-05-14',
  'mcp-client-2025-04-04',
  'mcp-client-2025-11-20',
  'server-side-fallback-2026-06-01',
  'skills-2025-10-02',
  'structured-outputs-2025-11-13',
  'task-budgets-2026-03-13',
  'user-profiles-2026-03-24',
].join(',');

/** What came of a request: the body of an answer, or the text of a refusal. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Asks an emulator that nobody asked before, so that the same request has the same answer. */
export async function askDescribed(
  body: JsonValue | Uint8Array,
  how: { readonly operation: Operation; readonly isBeta: boolean },
): Promise<Answered> {
  const emulator = createEmulator({
    clock: new ManualClock(),
    seed: 'seed',
    pace: { firstTokenMs: 0, tokensPerSecond: 0, pingEveryMs: 0 },
    faults: [],
    findModel: (name) => resolveModel(name, 'ga-2026-08'),
    models: modelDirectory('ga-2026-08'),
  });
  const answer = await emulator.send(
    {
      operation: how.operation,
      method: 'POST',
      path: '/v1/messages',
      headers: [
        'anthropic-version',
        '2023-06-01',
        'anthropic-beta',
        how.isBeta ? betas : 'code-execution-2025-05-22',
      ],
      body: body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body)),
      stream: false,
      requestId: 'req_test',
      account: 'test',
    },
    new CancellationSource(),
  );
  if (answer.kind === 'refusal') {
    const { status, message } = errorTable[answer.code];
    return { status, text: answer.detail ?? message };
  }
  const collected = await collect(answer.body, BYTES_MAX, new CancellationSource());
  if (collected.kind === 'fault') throw new Error(collected.fault.detail);
  return { status: answer.status, text: Buffer.from(collected.bytes).toString() };
}
