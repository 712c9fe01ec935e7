import { useState } from 'react';
import { readAttachment } from './attachments.ts';
import type { Attachment } from './part.ts';

/** What is attached to the turn that is being written. */
export interface Attachments {
  readonly attached: readonly Attachment[];
  /** Why files were not taken. */
  readonly refused: readonly string[];
  readonly attach: (files: Iterable<File>) => Promise<void>;
  readonly remove: (at: number) => void;
  readonly clear: () => void;
}

/** Files for the next turn; `bytesBefore` is what the conversation has already. */
export function useAttachments(bytesBefore: number): Attachments {
  const [attached, setAttached] = useState<readonly Attachment[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  return {
    attached,
    refused,
    async attach(files) {
      const no: string[] = [];
      const taken: Attachment[] = [];
      for (const file of files) {
        const bytes = [...attached, ...taken].reduce((sum, one) => sum + one.bytes, bytesBefore);
        const read = await readAttachment(file, bytes);
        if (typeof read === 'string') no.push(read);
        else taken.push(read);
      }
      setAttached((before) => [...before, ...taken]);
      setRefused(no);
    },
    remove(at) {
      setAttached(attached.toSpliced(at, 1));
    },
    clear() {
      setAttached([]);
      setRefused([]);
    },
  };
}
