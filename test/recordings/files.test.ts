import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiChecks } from '../support/openapi.ts';
import { filePart, formHeaders, formOf } from '../support/multipart-form.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { hasRecordings, readRecordings } from '../support/recordings.ts';
import type { Recording } from '../support/recordings.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What the API answered about files, and what the gateway answers to the same. */

type Json = Readonly<Record<string, unknown>>;

const isFiles = ({ target }: Recording): boolean =>
  target.split('?')[0]?.startsWith('/v1/files') ?? false;
/** What differs from one file to the next. */
const withoutIds = (text: string): string => text.replaceAll(/(?:file|req)_01[0-9A-Za-z]+/g, '…');

describe.skipIf(!hasRecordings())('recorded calls about files', () => {
  const recordings = hasRecordings() ? readRecordings().filter(isFiles) : [];
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  const ask = (target: string, method = 'GET'): Promise<RawAnswer> =>
    sendRaw(`${gateway.url}${target}`, {
      method,
      headers: { ...gateway.headers, 'anthropic-beta': 'files-api-2025-04-14' },
    });

  async function upload(recording?: Recording): Promise<RawAnswer> {
    const type = recording?.requestHeaders['content-type'];
    const isForm = type?.startsWith('multipart/') ?? false;
    const form = isForm
      ? { headers: { 'content-type': type ?? '' }, body: recording?.body ?? Buffer.alloc(0) }
      : {
          headers: formHeaders,
          body: formOf([filePart('%PDF', { filename: 'a.pdf', type: 'application/pdf' })]),
        };
    return sendRaw(`${gateway.url}/v1/files`, {
      headers: { ...gateway.headers, ...form.headers },
      body: form.body,
    });
  }

  async function answerTo(recording: Recording): Promise<RawAnswer> {
    if (recording.method === 'POST') return upload(recording);
    const { id } = JSON.parse((await upload()).body.toString()) as { readonly id: string };
    return ask(recording.target.replace(/file_01[0-9A-Za-z]+/, id), recording.method);
  }

  test('there are some of each kind', () => {
    expect(
      new Set(recordings.map(({ method, status }) => `${method} ${String(status)}`)).size,
    ).toBe(4);
  });

  test.each(recordings.map((recording) => [recording.name, recording] as const))(
    '%s',
    async (_name, recording) => {
      const answer = await answerTo(recording);
      expect(answer.status).toBe(recording.status);
      const [said, recorded] = [answer.body, recording.response].map(
        (bytes) => JSON.parse(withoutIds(bytes.toString())) as Json,
      );
      expect(Object.keys(said ?? {}).toSorted()).toEqual(Object.keys(recorded ?? {}).toSorted());
      expect(said?.['error']).toEqual(
        recorded?.['error'] === undefined
          ? undefined
          : { ...(recorded['error'] as Json), details: { error_code: 'file_not_downloadable' } },
      );
    },
  );

  test('answers fit the description of the API', async () => {
    const check = openApiChecks();
    const made = JSON.parse((await upload()).body.toString()) as Json;
    expect(check('BetaFileMetadataSchema', made)).toBeUndefined();
    const list = JSON.parse((await ask('/v1/files')).body.toString()) as Json;
    expect(check('BetaFileListResponse', list)).toBeUndefined();
  });
});
