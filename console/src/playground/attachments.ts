import type { Attachment } from './part.ts';

const MEBI = 1024 * 1024;
/** As the API bounds pictures. */
const IMAGE_BYTES_MAX = 5 * MEBI;
/** In base64 it still fits a request of 32 MiB. */
const PDF_BYTES_MAX = 20 * MEBI;
/** All attachments of a conversation together. */
const ATTACHED_BYTES_MAX = 22 * MEBI;
/** What the file picker offers. */
export const attachable = 'image/png,image/jpeg,image/gif,image/webp,application/pdf';

interface Kind {
  readonly mediaType: string;
  readonly kind: Attachment['kind'];
  readonly bytesMax: number;
  readonly begins: (bytes: Uint8Array) => boolean;
}

function hasAt(bytes: Uint8Array, at: number, text: string): boolean {
  return new TextEncoder().encode(text).every((byte, index) => bytes[at + index] === byte);
}

function image(mediaType: string, begins: Kind['begins']): Kind {
  return { mediaType, kind: 'image', bytesMax: IMAGE_BYTES_MAX, begins };
}

/** A file is what it begins with, whatever its name says. */
const kinds: readonly Kind[] = [
  image('image/png', (bytes) => hasAt(bytes, 1, 'PNG')),
  image('image/jpeg', (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8),
  image('image/gif', (bytes) => hasAt(bytes, 0, 'GIF8')),
  image('image/webp', (bytes) => hasAt(bytes, 0, 'RIFF') && hasAt(bytes, 8, 'WEBP')),
  {
    mediaType: 'application/pdf',
    kind: 'pdf',
    bytesMax: PDF_BYTES_MAX,
    begins: (bytes) => hasAt(bytes, 0, '%PDF'),
  },
];

/** Reads a file to attach it, or says why it cannot be. */
export async function readAttachment(
  file: File,
  attachedBytes: number,
): Promise<Attachment | string> {
  if (file.size > PDF_BYTES_MAX) return `${file.name} is larger than ${mebiText(PDF_BYTES_MAX)}.`;
  const bytes = await bytesOf(file);
  // A folder can be dropped as a file, and a file may be gone by now.
  if (bytes === undefined) return `${file.name} cannot be read.`;
  const kind = kinds.find(({ begins }) => begins(bytes));
  if (kind === undefined) return `${file.name} is no PNG, JPEG, GIF, WebP or PDF.`;
  if (bytes.length > kind.bytesMax) {
    return `${file.name} is larger than ${mebiText(kind.bytesMax)}.`;
  }
  if (attachedBytes + bytes.length > ATTACHED_BYTES_MAX) {
    return `With ${file.name} the conversation has more than ${mebiText(ATTACHED_BYTES_MAX)} attached.`;
  }
  const { mediaType } = kind;
  return {
    kind: kind.kind,
    name: file.name,
    mediaType,
    data: await base64Of(new Blob([bytes])),
    bytes: bytes.length,
  };
}

async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}

function mebiText(bytes: number): string {
  return `${String(bytes / MEBI)} MiB`;
}

/** The browser's own encoder: large files do not block the page. */
function base64Of(blob: Blob): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.addEventListener('load', () => {
      const { result } = reader;
      resolve(typeof result === 'string' ? result.slice(result.indexOf(',') + 1) : '');
    });
    reader.addEventListener('error', () => {
      reject(reader.error ?? new Error('the file cannot be read'));
    });
    reader.readAsDataURL(blob);
  });
}
