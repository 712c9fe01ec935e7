import { Moon, Sun } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../ui/button.tsx';
import { useIsDark } from '../ui/use-is-dark.ts';
import { chooseTheme } from './theme.ts';

/** Turns the page dark, or light again. */
export function ThemeButton(): ReactElement {
  const isDark = useIsDark();
  const Icon = isDark ? Sun : Moon;
  return (
    <Button
      look="ghost"
      icon
      small
      aria-label={isDark ? 'Light theme' : 'Dark theme'}
      onClick={() => {
        chooseTheme(isDark ? 'light' : 'dark');
      }}
    >
      <Icon size={14} aria-hidden />
    </Button>
  );
}
