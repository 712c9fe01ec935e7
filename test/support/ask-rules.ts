import type { ProfileName } from '../../src/catalog/profiles.ts';
import { resolveModel } from '../../src/catalog/resolve-model.ts';
import type { EmulatorFile } from '../../src/emulator/emulator-file.ts';
import { readRequest } from '../../src/emulator/rules/read-request.ts';
import type { AcceptedRequest } from '../../src/emulator/rules/read-request.ts';
import { errorTable } from '../../src/messages/errors.ts';
import type { Refusal } from '../../src/messages/errors.ts';
import type { Operation } from '../../src/messages/upstream.ts';

const version = ['anthropic-version', '2023-06-01'];

/** How a request is sent, where it is not as usual. */
export interface Asked {
  readonly body?: string | Uint8Array;
  readonly headers?: readonly string[];
  readonly betas?: string;
  readonly operation?: Operation;
  readonly profile?: ProfileName;
  readonly findFile?: (account: string, id: string) => EmulatorFile | undefined;
}

export const user = (content: unknown): object => ({ role: 'user', content });
export const assistant = (content: unknown): object => ({ role: 'assistant', content });

/** The request B of the conformance list, with members changed; undefined takes one away. */
export function readAsked(more: object, asked: Asked = {}): AcceptedRequest | Refusal {
  const base = { model: 'claude-sonnet-4-6', max_tokens: 64, messages: [user('Hi')] };
  const { body = JSON.stringify({ ...base, ...more }), betas, findFile, profile } = asked;
  const sentBetas = betas === undefined ? [] : ['anthropic-beta', betas];
  return readRequest(
    {
      operation: asked.operation ?? 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: asked.headers ?? [...version, ...sentBetas],
      body: Buffer.from(body),
      stream: false,
      requestId: 'req_test',
      account: 'test',
    },
    {
      findModel: (name) => resolveModel(name, profile),
      signingKey: new Uint8Array(32),
      foreignSignatures: 'accept',
      ...(findFile === undefined ? {} : { findFile }),
    },
  );
}

/** What the rules say of a request: `accepted`, or status and text. */
export function askRules(more: object, asked: Asked = {}): string {
  const outcome = readAsked(more, asked);
  if (outcome.kind === 'accepted') return 'accepted';
  return `${String(errorTable[outcome.code].status)} ${outcome.detail ?? errorTable[outcome.code].message}`;
}
