/** One part of a form. */
export interface FormPart {
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
}

export const boundary = 'test-boundary';
export const formHeaders: Readonly<Record<string, string>> = {
  'content-type': `multipart/form-data; boundary=${boundary}`,
};

/** The bytes of a form, as RFC 7578 writes it. */
export function formOf(parts: readonly FormPart[]): Buffer {
  const pieces = parts.flatMap(({ headers, body }) => [
    Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

export function filePart(
  body: string | Uint8Array,
  more: { readonly field?: string; readonly filename?: string; readonly type?: string } = {},
): FormPart {
  const { field = 'file', filename = 'notes.txt', type = 'text/plain' } = more;
  return {
    headers: [
      `Content-Disposition: form-data; name="${field}"; filename="${filename}"`,
      `Content-Type: ${type}`,
    ],
    body,
  };
}

export function fieldPart(name: string, value: string): FormPart {
  return { headers: [`Content-Disposition: form-data; name="${name}"`], body: value };
}
