import { filePart, formHeaders, formOf } from './multipart-form.ts';
import { sendRaw } from './post.ts';
import type { Recording } from './recordings.ts';
import { pdfOf } from './sample-media.ts';
import type { TestGateway } from './start-test-gateway.ts';

/**
 * A recorded body with a file of the gateway's account for each that the recorder had: what stood
 * in those was not recorded, so a short document stands for it.
 */
export async function withOwnFiles(gateway: TestGateway, { body }: Recording): Promise<string> {
  const text = body.toString();
  const ids = new Set(text.match(/\bfile_01[0-9A-Za-z]+/g) ?? []);
  let own = text;
  for (const id of ids) {
    const document = Buffer.from(pdfOf(1), 'base64');
    const answer = await sendRaw(`${gateway.url}/v1/files`, {
      headers: { ...gateway.headers, ...formHeaders },
      body: formOf([filePart(document, { filename: 'own.pdf', type: 'application/pdf' })]),
    });
    const made = JSON.parse(answer.body.toString()) as { readonly id: string };
    own = own.replaceAll(id, made.id);
  }
  return own;
}
