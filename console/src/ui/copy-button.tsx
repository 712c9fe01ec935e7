import { Check, Copy } from 'lucide-react';
import type { ReactElement } from 'react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

const SHOWN_MS = 1600;

/** Copies a text, and shows for a moment that it did. */
export function CopyButton(props: {
  readonly text: string;
  /** What is copied, for those who hear it. */
  readonly label: string;
}): ReactElement {
  const { text, label } = props;
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => {
      setCopied(false);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <Button
      look="ghost"
      icon
      small
      aria-label={isCopied ? 'Copied' : `Copy ${label}`}
      onClick={() => {
        void copy();
      }}
    >
      <Icon size={14} aria-hidden />
    </Button>
  );
}
