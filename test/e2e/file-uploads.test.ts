import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { filesOnDisk, untilFilesOnDisk } from '../support/files-on-disk.ts';
import type { FormPart } from '../support/multipart-form.ts';
import { boundary, fieldPart, filePart, formHeaders, formOf } from '../support/multipart-form.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { RawConnection } from '../support/raw-connection.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Uploads, well-formed and hostile, over real sockets. */

function upload(gateway: TestGateway, parts: readonly FormPart[]): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/v1/files`, {
    headers: { ...gateway.headers, ...formHeaders },
    body: formOf(parts),
  });
}

/** Until so many uploads are under way. */
async function untilUploading(gateway: TestGateway, count: number): Promise<void> {
  await expect.poll(() => filesOnDisk(gateway).length, { timeout: 5000 }).toBe(count);
}

describe('uploads', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway('files: { bytes_max: 200000, uploads_max: 2 }');
  });
  afterAll(() => gateway.stop());

  test.each<[string, string, readonly FormPart[]]>([
    [
      'a name in another script',
      'récit – 報告.txt',
      [filePart('x', { filename: 'récit – 報告.txt' })],
    ],
    ['only the last part of a path', 'x.txt', [filePart('x', { filename: '/etc/dir/x.txt' })]],
    ['no name', 'unnamed.txt', [filePart('x', { filename: '' })]],
    [
      'the longest name',
      `${'n'.repeat(251)}.txt`,
      [filePart('x', { filename: `${'n'.repeat(251)}.txt` })],
    ],
    ['no bytes', 'notes.txt', [filePart('')]],
    ['the most bytes', 'notes.txt', [filePart(Buffer.alloc(200_000))]],
    ['the lifetime first', 'notes.txt', [fieldPart('expires_in_seconds', '3600'), filePart('x')]],
  ])('keeps a file with %s', async (_name, filename, parts) => {
    const answer = await upload(gateway, parts);
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
      200,
      expect.objectContaining({ filename, mime_type: 'text/plain' }),
    ]);
    const { id } = JSON.parse(answer.body.toString()) as { readonly id: string };
    const path = `${gateway.url}/v1/files/${id}`;
    await sendRaw(path, { method: 'DELETE', headers: gateway.headers });
    expect(filesOnDisk(gateway)).toEqual([]);
  });

  test('a type that says nothing is told by the extension', async () => {
    const answer = await upload(gateway, [
      filePart('x', { filename: 'a.PNG', type: 'application/octet-stream' }),
    ]);
    const { id, mime_type } = JSON.parse(answer.body.toString()) as Record<string, string>;
    expect(mime_type).toBe('image/png');
    const path = `${gateway.url}/v1/files/${String(id)}`;
    await sendRaw(path, { method: 'DELETE', headers: gateway.headers });
  });

  test.each<[string, readonly FormPart[], RegExp]>([
    ['no file', [], /^file: Field required$/],
    ['only a lifetime', [fieldPart('expires_in_seconds', '3600')], /^file: Field required$/],
    ['two files', [filePart('a'), filePart('b')], /^file: Exactly one/],
    ['a file under another name', [filePart('a', { field: 'data' })], /^data: Extra inputs/],
    ['a field that is none', [fieldPart('purpose', 'x'), filePart('a')], /^purpose: Extra inputs/],
    [
      'a field twice',
      Array.from({ length: 2 }, () => fieldPart('expires_in_seconds', '3600')),
      /^expires/,
    ],
    [
      'too short a life',
      [filePart('a'), fieldPart('expires_in_seconds', '3599')],
      /^expires.*3600/,
    ],
    ['too long a life', [filePart('a'), fieldPart('expires_in_seconds', '7776001')], /7776000/],
    ['a life that is no number', [filePart('a'), fieldPart('expires_in_seconds', '1h')], /integer/],
    [
      'a name with a forbidden letter',
      [filePart('a', { filename: 'a<b.txt' })],
      /^file: The filename/,
    ],
    ['a name too long', [filePart('a', { filename: 'n'.repeat(256) })], /^file: The filename/],
    ['a control character', [filePart('a', { filename: 'a\u0001b' })], /^file: The filename/],
    ['many parts', Array.from({ length: 2000 }, () => fieldPart('', 'x')), /./],
    [
      'huge headers',
      [
        {
          headers: [
            `X-Long: ${'h'.repeat(100_000)}`,
            'Content-Disposition: form-data; name="file"; filename="a"',
          ],
          body: 'x',
        },
      ],
      /^file: Field required$/,
    ],
    ['a part without headers', [{ headers: [], body: 'x' }], /^file: Field required$/],
  ])('refuses a form with %s, and nothing stays', async (_name, parts, message) => {
    const answer = await upload(gateway, parts);
    expectEnvelope(answer, { status: 400, type: 'invalid_request_error', message });
    expect(filesOnDisk(gateway)).toEqual([]);
  });

  test.each([
    ['no type', undefined],
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['another kind of form', 'application/x-www-form-urlencoded'],
    ['JSON', 'application/json'],
    ['another boundary', 'multipart/form-data; boundary=other'],
  ])('refuses a body with %s', async (_name, type) => {
    const { 'content-type': _json, ...headers } = gateway.headers;
    const answer = await sendRaw(`${gateway.url}/v1/files`, {
      headers: type === undefined ? headers : { ...headers, 'content-type': type },
      body: formOf([filePart('x')]),
    });
    expectEnvelope(answer, { status: 400, type: 'invalid_request_error' });
    expect(filesOnDisk(gateway)).toEqual([]);
  });

  test.each([
    ['said by the length of the form', 2_000_000],
    ['found while it comes', 200_001],
  ])('a file over the bound is 413, %s', async (_name, fileBytes) => {
    const body = formOf([filePart(Buffer.alloc(fileBytes))]);
    const answer = await sendRaw(`${gateway.url}/v1/files`, {
      headers: { ...gateway.headers, ...formHeaders },
      body,
    });
    expectEnvelope(answer, { status: 413, type: 'request_too_large' });
    expect(filesOnDisk(gateway)).toEqual([]);
  });

  test('an upload that is cut leaves nothing behind', async () => {
    const form = formOf([filePart(Buffer.alloc(100_000, 'x'))]);
    for (const length of [0, 40, 200, 50_000, form.length - 20, form.length - 1]) {
      const connection = new RawConnection(gateway.url);
      connection.send(
        `POST /v1/files HTTP/1.1\r\nhost: test\r\nx-api-key: ${gateway.key}\r\nanthropic-version: 2023-06-01\r\ncontent-type: ${String(formHeaders['content-type'])}\r\ncontent-length: ${String(form.length)}\r\n\r\n`,
      );
      connection.send(form.subarray(0, length));
      await untilUploading(gateway, 1);
      connection.close();
      await untilFilesOnDisk(gateway, []);
    }
    const { body } = await sendRaw(`${gateway.url}/v1/files`, { headers: gateway.headers });
    expect(JSON.parse(body.toString())).toEqual({ data: [], next_page: null });
  });

  test('a form that breaks off inside a whole body is refused', async () => {
    const form = formOf([filePart('content')]);
    for (const length of [10, 60, form.length - 8]) {
      const answer = await sendRaw(`${gateway.url}/v1/files`, {
        headers: { ...gateway.headers, ...formHeaders },
        body: form.subarray(0, length),
      });
      expectEnvelope(answer, { status: 400, type: 'invalid_request_error' });
    }
    expect(filesOnDisk(gateway)).toEqual([]);
  });

  test('what follows the form is ignored, however late it comes', async () => {
    const connection = new RawConnection(gateway.url);
    const form = formOf([filePart('content')]);
    connection.send(
      `POST /v1/files HTTP/1.1\r\nhost: test\r\nconnection: close\r\nx-api-key: ${gateway.key}\r\nanthropic-version: 2023-06-01\r\ncontent-type: ${String(formHeaders['content-type'])}\r\ncontent-length: ${String(form.length + 7)}\r\n\r\n`,
    );
    connection.send(form);
    await untilUploading(gateway, 1);
    connection.send('epilog\n');
    const answer = await connection.untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    const id = /file_01\w+/.exec(answer)?.[0];
    const path = `${gateway.url}/v1/files/${String(id)}`;
    await sendRaw(path, { method: 'DELETE', headers: gateway.headers });
  });

  test('more uploads at once than are allowed are told to come later', async () => {
    const held = [0, 1].map(() => {
      const connection = new RawConnection(gateway.url);
      connection.send(
        `POST /v1/files HTTP/1.1\r\nhost: test\r\nx-api-key: ${gateway.key}\r\nanthropic-version: 2023-06-01\r\ncontent-type: ${String(formHeaders['content-type'])}\r\ncontent-length: 100000\r\n\r\n--${boundary}\r\n`,
      );
      return connection;
    });
    await untilUploading(gateway, 2);
    const answer = await upload(gateway, [filePart('x')]);
    expectEnvelope(answer, { status: 529, type: 'overloaded_error' });
    expect(answer.headers['retry-after']).toBe('5');
    for (const connection of held) connection.close();
    await untilFilesOnDisk(gateway, []);
  });
});

/** Sends a file of so many MiB as fast as it is taken; the answer, and the most memory meanwhile. */
function sendLarge(
  gateway: TestGateway,
  mebibytes: number,
): Promise<{ readonly answer: string; readonly rssBytesMax: number }> {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const [head = '', tail = ''] = formOf([filePart('|')])
    .toString()
    .split('|');
  let left = (mebibytes * 1024 * 1024) / chunk.length;
  let rssBytesMax = 0;
  return new Promise((resolve, reject) => {
    const outgoing = request(`${gateway.url}/v1/files`, {
      method: 'POST',
      headers: { ...gateway.headers, ...formHeaders, 'transfer-encoding': 'chunked' },
    });
    outgoing.on('response', (response) => {
      let answer = '';
      response.on('data', (piece: Buffer) => {
        answer += piece.toString();
      });
      response.on('end', () => {
        resolve({ answer, rssBytesMax });
      });
    });
    outgoing.on('error', reject);
    outgoing.write(head);
    const pump = (): void => {
      while (left > 0) {
        left -= 1;
        rssBytesMax = Math.max(rssBytesMax, process.memoryUsage().rss);
        if (!outgoing.write(chunk)) {
          outgoing.once('drain', pump);
          return;
        }
      }
      outgoing.end(tail);
    };
    pump();
  });
}

describe('a large upload', () => {
  test('takes 100 MiB without holding them', async () => {
    const gateway = await startTestGateway();
    // Sender and gateway share this process: what the first upload costs them is no file.
    await sendLarge(gateway, 20);
    const before = process.memoryUsage().rss;
    const { answer, rssBytesMax } = await sendLarge(gateway, 100);
    await gateway.stop();
    expect(JSON.parse(answer)).toMatchObject({ size_bytes: 100 * 1024 * 1024 });
    expect((rssBytesMax - before) / 1024 / 1024).toBeLessThan(60);
  });
});
