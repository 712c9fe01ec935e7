import { Paperclip, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { useRef } from 'react';
import { Button } from '../ui/button.tsx';
import { attachable } from './attachments.ts';
import { PartView } from './part-view.tsx';
import styles from './playground.module.css';
import type { Attachments } from './use-attachments.ts';

/** The files of the next turn, and why others were not taken. */
export function AttachedFiles({ files }: { readonly files: Attachments }): ReactElement {
  const { attached, refused, remove } = files;
  return (
    <>
      {refused.length === 0 ? null : (
        <p className={styles['refused']} role="alert">
          {refused.join(' ')}
        </p>
      )}
      {attached.length === 0 ? null : (
        <ul className={styles['attached']}>
          {attached.map((file, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- the same file may be attached twice, and nothing here has a state
            <li key={at}>
              <PartView part={file} />
              <Button
                look="ghost"
                icon
                small
                aria-label={`Remove ${file.name}`}
                onClick={() => {
                  remove(at);
                }}
              >
                <X size={14} aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Opens the picker for files. */
export function AttachButton(props: {
  readonly onFiles: (files: Iterable<File>) => void;
}): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        aria-label="Images or PDFs"
        tabIndex={-1}
        multiple
        accept={attachable}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file may be chosen again.
          event.target.value = '';
          props.onFiles(files);
        }}
      />
      <Button
        look="ghost"
        onClick={() => {
          input.current?.click();
        }}
      >
        <Paperclip size={14} aria-hidden />
        Attach
      </Button>
    </>
  );
}
