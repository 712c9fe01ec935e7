import { readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { Attachment } from './chat-question.ts';
import { CommandProblem } from './command-problem.ts';
import { fileReason } from './file-reason.ts';

/** Of one file; what the API takes of a request is 32 MB. */
const FILE_BYTES_MAX = 20 * 1024 * 1024;

const imageTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
};

/** Reads a file that goes with a question: a picture or a PDF by its name, anything else as text. */
export function attachFile(path: string): Attachment {
  const bytes = readBytes(path);
  const name = basename(path);
  const extension = extname(path).toLowerCase();
  const imageType = imageTypes[extension];
  if (imageType !== undefined) {
    return { name, kind: 'image', mediaType: imageType, data: bytes.toString('base64') };
  }
  if (extension === '.pdf') {
    return { name, kind: 'pdf', mediaType: 'application/pdf', data: bytes.toString('base64') };
  }
  return { name, kind: 'text', mediaType: 'text/plain', data: textIn(bytes, path) };
}

function readBytes(path: string): Buffer {
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX) {
      throw new CommandProblem(
        `${path} has ${String(size)} bytes; ${String(FILE_BYTES_MAX)} are the most`,
      );
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof CommandProblem) throw error;
    throw new CommandProblem(`${path} cannot be read: ${fileReason(error)}`);
  }
}

function textIn(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Bytes that are no text would reach the model as noise.
    throw new CommandProblem(`${path} is no text, no PDF and no picture (png, jpg, gif, webp)`);
  }
}
