import type { ButtonHTMLAttributes, ReactElement } from 'react';
import styles from './button.module.css';
import { classNames } from './class-names.ts';

export interface ButtonLook {
  readonly look?: 'primary' | 'danger' | 'ghost';
  readonly small?: boolean;
  /** Nothing but an icon: such a button has an `aria-label`. */
  readonly icon?: boolean;
}

export interface ButtonProps extends ButtonLook, ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does is under way: it cannot be pressed, and says so. */
  readonly busy?: boolean;
}

/** The classes of a button, for links that look like one. */
export function buttonClass({ look, small, icon }: ButtonLook): string {
  return classNames(
    styles['button'],
    look !== undefined && styles[look],
    small === true && styles['small'],
    icon === true && styles['icon'],
  );
}

/** A button. It submits nothing unless its type says so. */
export function Button({ look, small, icon, busy, ...rest }: ButtonProps): ReactElement {
  const isOff = rest.disabled === true || busy === true;
  return (
    <button
      type="button"
      {...rest}
      disabled={isOff}
      aria-busy={busy}
      className={classNames(
        buttonClass({
          ...(look === undefined ? {} : { look }),
          ...(small === undefined ? {} : { small }),
          ...(icon === undefined ? {} : { icon }),
        }),
        rest.className,
      )}
    />
  );
}
