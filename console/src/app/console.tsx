import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from '../api/query-client.ts';
import '../theme/tokens.css';
import '../theme/base.css';
import { ToastProvider } from '../ui/toasts.tsx';
import { PasswordAgainProvider } from './password-again.tsx';
import { router } from './router.tsx';
import { SessionGate } from './session.tsx';
import { applyChosenTheme } from './theme.ts';

applyChosenTheme();
const place = document.querySelector('#root');
if (place === null) throw new Error('the page has no place for the console');
createRoot(place).render(
  <StrictMode>
    {/* The gateway allows no style elements: what components need is in the style sheets. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <ToastProvider>
          <SessionGate>
            <PasswordAgainProvider>
              <RouterProvider router={router} />
            </PasswordAgainProvider>
          </SessionGate>
        </ToastProvider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
