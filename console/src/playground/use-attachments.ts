import { useRef, useState } from 'react';
import { readAttachment } from './attachments.ts';
import type { Attachment } from './part.ts';

/** What is attached to the turn that is being written. */
export interface Attachments {
  readonly attached: readonly Attachment[];
  /** Why files were not taken. */
  readonly refused: readonly string[];
  /** Some are not there yet. */
  readonly isReading: boolean;
  readonly attach: (files: Iterable<File>) => void;
  readonly remove: (at: number) => void;
  readonly clear: () => void;
}

/** Files for the next turn; `bytesBefore` is what the conversation has already. */
export function useAttachments(bytesBefore: number): Attachments {
  const [attached, setAttached] = useState<readonly Attachment[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const [reading, setReading] = useState(0);
  /** What is there by now, for those that are read after it. */
  const taken = useRef<readonly Attachment[]>([]);
  const set = (next: readonly Attachment[]): void => {
    taken.current = next;
    setAttached(next);
  };
  const read = async (files: readonly File[]): Promise<void> => {
    const no: string[] = [];
    for (const file of files) {
      const bytes = taken.current.reduce((sum, one) => sum + one.bytes, bytesBefore);
      const found = await readAttachment(file, bytes);
      if (typeof found === 'string') no.push(found);
      else set([...taken.current, found]);
    }
    setRefused(no);
    setReading((count) => count - 1);
  };
  return {
    attached,
    refused,
    isReading: reading > 0,
    attach(files) {
      const chosen = [...files];
      if (chosen.length === 0) return;
      setReading((count) => count + 1);
      void read(chosen);
    },
    remove(at) {
      set(attached.toSpliced(at, 1));
    },
    clear() {
      set([]);
      setRefused([]);
    },
  };
}
