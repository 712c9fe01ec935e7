import { useState } from 'react';

/** How answers are shown: as their Markdown says, or as they are. */
export type TextLook = 'markdown' | 'text';

const KEY = 'quatrain-playground-look';

/** What somebody chose is kept; where nobody chose, it is Markdown. */
export function useTextLook(): readonly [TextLook, (look: TextLook) => void] {
  const [look, setLook] = useState<TextLook>(() =>
    localStorage.getItem(KEY) === 'text' ? 'text' : 'markdown',
  );
  const choose = (chosen: TextLook): void => {
    localStorage.setItem(KEY, chosen);
    setLook(chosen);
  };
  return [look, choose];
}
