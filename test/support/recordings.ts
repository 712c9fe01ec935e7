import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './source-files.ts';

/** One recorded exchange with the real API. */
export interface Recording {
  /** Where it comes from, for the name of a test. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly target: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body as an object, where it is one. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly response: Buffer;
}

interface RecordingLine {
  readonly repo: string;
  readonly path: string;
  readonly i: number;
  readonly method: string;
  readonly uri: string;
  readonly rh: Readonly<Record<string, string>>;
  readonly req: string | Readonly<Record<string, unknown>> | null;
  readonly status: number | string;
  readonly h: Readonly<Record<string, string>>;
  readonly resp: string;
}

const shared = join(projectRoot, '../shared');
const file = join(shared, 'recordings/anthropic-open.jsonl');

export const openApiFile: string = join(shared, 'specs/anthropic-openapi.yaml');

/**
 * Whether recordings lie beside the checkout. A user's clone has none, and tests that need them
 * are skipped with a line that says so; where `CI=true` they are required.
 */
export function hasRecordings(): boolean {
  if (existsSync(file) && existsSync(openApiFile)) return true;
  if (process.env['CI'] === 'true') throw new Error(`recordings are required in CI: ${file}`);
  process.stdout.write('skipped: no recordings beside this checkout\n');
  return false;
}

export function readRecordings(): Recording[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => toRecording(JSON.parse(line) as RecordingLine, index));
}

/** Whether a recording is a `/v1/messages` call of a Claude 4 or newer model. */
export function isCurrentMessagesCall({ target, json }: Recording): boolean {
  const model = json?.['model'];
  const isMessages = target.split('?')[0] === '/v1/messages';
  return isMessages && typeof model === 'string' && !/^claude-(?:[12]|3|instant)/.test(model);
}

/** Recordings that the API cannot have answered as they stand, by name with what was changed. */
export const madeUp: Readonly<Record<string, string>> = {
  '198 DataDog/dd-trace-py anthropic_completion_thinking_tool_result.yaml 0':
    'the signature of its thinking is `sig_abc`',
  '202 DataDog/dd-trace-py anthropic_completion_tools_call_with_tool_result_stream.yaml 0':
    'its result names another call than the one before it',
  '203 DataDog/dd-trace-py anthropic_completion_tools_call_with_tool_result_stream_helper.yaml 0':
    'its result names another call than the one before it',
};

/** What tools need that only a beta has. */
const betaOfTool: Readonly<Record<string, string>> = {
  computer_20250124: 'computer-use-2025-01-24',
  computer_20251124: 'computer-use-2025-11-24',
};

/**
 * The betas that a recording was made with. Some recorders keep no header but a few; what their
 * requests cannot have done without follows from the tools.
 */
export function betasOf({ requestHeaders, json }: Recording): string | undefined {
  const recorded = requestHeaders['anthropic-beta'];
  if (recorded !== undefined || requestHeaders['anthropic-version'] !== undefined) return recorded;
  const tools = (json?.['tools'] ?? []) as readonly { readonly type?: string }[];
  const needed = new Set(tools.flatMap(({ type = '' }) => betaOfTool[type] ?? []));
  return needed.size === 0 ? undefined : [...needed].join(',');
}

function toRecording(line: RecordingLine, index: number): Recording {
  const { pathname, search } = new URL(line.uri);
  const text = typeof line.req === 'string' ? line.req : JSON.stringify(line.req ?? '');
  const json = typeof line.req === 'string' || line.req === null ? undefined : line.req;
  return {
    name: `${String(index)} ${line.repo} ${line.path.split('/').at(-1) ?? ''} ${String(line.i)}`,
    method: line.method.toUpperCase() as Recording['method'],
    target: pathname + search,
    requestHeaders: line.rh,
    body: Buffer.from(text),
    json,
    status: Number.parseInt(String(line.status), 10),
    headers: line.h,
    response: Buffer.from(line.resp),
  };
}
