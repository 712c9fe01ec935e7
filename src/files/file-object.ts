import type { AccountFile } from '../messages/account-file.ts';
import type { JsonObject } from '../std/json.ts';

/** A file as the API shows it. API reference §1.5. */
export function fileObject(file: AccountFile): JsonObject {
  return {
    type: 'file',
    id: file.id,
    size_bytes: file.sizeBytes,
    created_at: timestamp(file.createdAtMs),
    filename: file.filename,
    mime_type: file.mimeType,
    downloadable: file.downloadable,
    ...(file.expiresAtMs === undefined ? {} : { expires_at: timestamp(file.expiresAtMs) }),
  };
}

/** RFC 3339 with microseconds, as the API writes times. */
function timestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}
