import { Toast } from '@base-ui/react/toast';
import type { ReactElement, ReactNode } from 'react';
import styles from './toasts.module.css';

/** Says something in passing that needs no answer. */
export interface Toasts {
  say(text: string): void;
}

export function useToasts(): Toasts {
  const { add } = Toast.useToastManager();
  return {
    say(text) {
      add({ title: text });
    },
  };
}

/** Where it is said. */
export function ToastProvider({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <Toast.Provider timeout={5000}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles['viewport']}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList(): ReactNode {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles['toast']}>
      <Toast.Title />
    </Toast.Root>
  ));
}
