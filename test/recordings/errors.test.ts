import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { withOwnFiles } from '../support/own-files.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { Recording } from '../support/recordings.ts';
import { betasOf, hasRecordings, madeUp, readRecordings } from '../support/recordings.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Wrong keys of the recorder: sent with a wrong key here too. */
const isAboutKey = ({ status }: Recording): boolean => status === 401;

/** The recorder cut the body to a placeholder; the length it stood for is in the answer. */
const PLACEHOLDER = '<MASSIVE_TEXT>';

const present = hasRecordings();
const calls = present
  ? readRecordings().filter(
      ({ target, json, name }) =>
        !(name in madeUp) &&
        /^\/v1\/messages(?:\/count_tokens)?(?:\?|$)/.test(target) &&
        json !== undefined,
    )
  : [];
/** What stays of a text when ids, numbers and addresses are left out. */
function normalised(text: string): string {
  return text
    .replace(/https?:\/\/\S+/g, '<url>')
    .replace(/\b(?:req|msg|toolu|srvtoolu|file|msgbatch)_\w+/g, '<id>')
    .replace(/[0-9][0-9,.]*/g, '<n>');
}

function errorOf(body: Buffer): { readonly type: string; readonly message: string } {
  return (JSON.parse(body.toString()) as { error: { type: string; message: string } }).error;
}

describe.skipIf(!present)('recorded calls have the recorded status', () => {
  const gateways: TestGateway[] = [];
  beforeAll(async () => {
    for (const profile of ['launch', 'ga-2026-08']) {
      gateways.push(await startTestGateway(`emulator: {profile: ${profile}}`));
    }
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
  });

  async function send(gateway: TestGateway, recording: Recording): Promise<RawAnswer> {
    const beta = betasOf(recording);
    const key = isAboutKey(recording) ? { 'x-api-key': 'sk-ant-wrong' } : {};
    const betas = beta === undefined ? {} : { 'anthropic-beta': beta };
    const body = await withOwnFiles(gateway, recording);
    return sendRaw(`${gateway.url}${recording.target}`, {
      headers: { ...gateway.headers, ...key, ...betas },
      body: restored(body, recording),
    });
  }

  test('there are some of each kind', () => {
    expect(calls.length).toBeGreaterThan(250);
    expect(calls.filter(({ status }) => status >= 400).length).toBeGreaterThan(3);
    expect(calls.filter(({ target }) => target.includes('count_tokens')).length).toBeGreaterThan(5);
  });

  test.each(calls.filter(({ status }) => status >= 400))('refused: $name', async (recording) => {
    const wanted = errorOf(recording.response);
    for (const gateway of gateways) {
      const answer = await send(gateway, recording);
      expectEnvelope(answer, { status: recording.status, type: wanted.type });
      expect(normalised(errorOf(answer.body).message)).toBe(normalised(wanted.message));
    }
  });

  test.each(calls.filter(({ status }) => status === 200))('answered: $name', async (recording) => {
    const statuses = [];
    for (const gateway of gateways) statuses.push((await send(gateway, recording)).status);
    // A recording is of its time: one of the profiles answers it as the API then did.
    expect(statuses).toContain(200);
  });
});

/** A recorded body as it was sent: a placeholder is as long again as the count that came back says. */
function restored(body: string, { response }: Recording): string {
  const places = body.split(PLACEHOLDER).length - 1;
  if (places === 0) return body;
  const tokens = Number(/too long: (\d+) tokens/.exec(response.toString())?.[1] ?? 0);
  return body.replaceAll(PLACEHOLDER, 'a '.repeat(Math.ceil(tokens / places)));
}
