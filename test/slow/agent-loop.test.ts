import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installedAgent } from '../support/agent-install.ts';
import type { AgentPlace, AgentRun } from '../support/agent-run.ts';
import { makeAgentPlace, readWork, runAgent } from '../support/agent-run.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * Real coding agents from npm, run without a screen against a gateway with the emulator behind it: the
 * script has them read a file, edit it and say that they are done (lessons C.6, item 43).
 */

const model = 'claude-sonnet-4-6';
const task = 'Replace alpha by omega in notes.txt';
const claudeCode = installedAgent(
  `@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`,
);
const pi = installedAgent('@mariozechner/pi-coding-agent/dist/cli.js');

/** An agent's names for the tools that the script has it call. */
interface Tools {
  readonly read: { readonly name: string; readonly input: object };
  readonly edit: { readonly name: string; readonly input: object };
}

function scenariosOf({ read, edit }: Tools): string {
  const scenarios = [
    {
      name: 'looks',
      match: { last_user_text: { contains: task }, turn: 1 },
      respond: {
        content: [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool_use', ...read },
        ],
      },
    },
    {
      name: 'edits',
      match: { tool_results: { tool: read.name, text: { contains: 'alpha' } } },
      respond: { content: [{ type: 'tool_use', ...edit }] },
    },
    {
      name: 'is done',
      match: { tool_results: { tool: edit.name, is_error: false } },
      respond: { content: 'All of it is done.' },
    },
  ];
  return JSON.stringify({ strict: true, scenarios });
}

interface Loop {
  /** Whether the agent marks its prompt for the cache. */
  readonly cachesPrompt: boolean;
  readonly tools: (file: string) => Tools;
  readonly run: (gateway: TestGateway, place: AgentPlace) => AgentRun;
}

/** Its own names for the settings of a run that neither asks nor reports to anybody. */
function claudeCodeLoop(path: string, credential: string): Loop {
  return {
    cachesPrompt: true,
    tools: (file) => ({
      read: { name: 'Read', input: { file_path: file } },
      edit: { name: 'Edit', input: { file_path: file, old_string: 'alpha', new_string: 'omega' } },
    }),
    run: ({ url, key }) => ({
      command: path,
      args: ['-p', task, '--model', model, '--permission-mode', 'acceptEdits'],
      env: {
        ANTHROPIC_BASE_URL: url,
        [credential]: key,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        DISABLE_TELEMETRY: '1',
        DISABLE_ERROR_REPORTING: '1',
      },
    }),
  };
}

function piLoop(path: string, api: 'anthropic-messages' | 'openai-completions'): Loop {
  const name = 'quatrain';
  return {
    cachesPrompt: api === 'anthropic-messages',
    tools: (file) => ({
      read: { name: 'read', input: { path: file } },
      edit: {
        name: 'edit',
        input: { path: file, edits: [{ oldText: 'alpha', newText: 'omega' }] },
      },
    }),
    run: ({ url, key }, place) => {
      const baseUrl = api === 'anthropic-messages' ? url : `${url}/v1`;
      const models = [{ id: model, reasoning: true, contextWindow: 200_000, maxTokens: 32_000 }];
      const providers = { [name]: { baseUrl, api, apiKey: key, models } };
      place.writeHome('.pi/agent/models.json', JSON.stringify({ providers }));
      return {
        command: process.execPath,
        args: [path, '-p', task, '--model', `${name}/${model}`, '--offline', '--no-session'],
        env: { PI_OFFLINE: '1', PI_TELEMETRY: '0' },
      };
    },
  };
}

async function expectLoop(loop: Loop): Promise<void> {
  const place = makeAgentPlace();
  const file = join(place.folder, 'notes.txt');
  writeFileSync(file, 'alpha\nbeta\n');
  const gateway = await startTestGateway(
    'emulator:\n  profile: ga-2026-08\n  scenarios_file: loop.yaml\n',
    {},
    { 'loop.yaml': scenariosOf(loop.tools(file)) },
  );
  try {
    const ending = await runAgent(place, loop.run(gateway, place));
    expect(ending).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('All of it is done.') as string,
    });
    expect(readWork(place, 'notes.txt')).toBe('omega\nbeta\n');
    await gateway.gateway.stop();
    const asked = readRequestLog(gateway.dataDir).filter(
      ({ operation }) => operation === 'messages.create',
    );
    // One request for each step of the loop, in one conversation that its cache follows.
    expect(asked.map((row) => [row.model, row.status, row.error_code, row.is_stream])).toEqual(
      ['looks', 'edits', 'is done'].map(() => [model, 200, null, 1]),
    );
    expect(asked.map((row) => row.usage_is_final)).toEqual([1, 1, 1]);
    expect(Number(asked.at(-1)?.cache_read_tokens) > 0).toBe(loop.cachesPrompt);
  } finally {
    await gateway.stop();
    place.remove();
  }
}

describe.skipIf(claudeCode.kind === 'missing')('Claude Code', () => {
  const path = claudeCode.kind === 'there' ? claudeCode.path : '';

  test.each([
    ['a key', 'ANTHROPIC_API_KEY'],
    ['a bearer token', 'ANTHROPIC_AUTH_TOKEN'],
  ])('reads and edits a file with %s', async (_name, credential) => {
    await expectLoop(claudeCodeLoop(path, credential));
  });
});

describe.skipIf(pi.kind === 'missing')('pi', () => {
  const path = pi.kind === 'there' ? pi.path : '';

  test.each([
    ['Messages', 'anthropic-messages'],
    ['Chat Completions', 'openai-completions'],
  ] as const)('reads and edits a file by way of %s', async (_name, api) => {
    await expectLoop(piLoop(path, api));
  });
});
