import type { ButtonHTMLAttributes, MouseEvent, ReactElement } from 'react';
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

function doNothing(event: MouseEvent): void {
  event.preventDefault();
}

/** A button. It submits nothing unless its type says so. */
export function Button({ look, small, icon, busy, ...rest }: ButtonProps): ReactElement {
  // One that is disabled loses the focus, and who goes by keyboard their place: it is there and does nothing.
  const isBusy = busy === true;
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy}
      aria-disabled={isBusy ? true : rest['aria-disabled']}
      onClick={isBusy ? doNothing : rest.onClick}
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
