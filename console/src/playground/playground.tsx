import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from '../api/query-client.ts';
import '../theme/tokens.css';
import './public.css';
import { formNamed } from './forms.ts';
import { PublicPlayground } from './public-playground.tsx';

const place = document.querySelector<HTMLElement>('#playground');
if (place === null) throw new Error('the page has no place for the playground');
const { model } = place.dataset;
const form = new URLSearchParams(location.search).get('form') ?? undefined;
createRoot(place).render(
  <StrictMode>
    {/* The gateway allows no style elements: what components need is in the style sheets. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <PublicPlayground initial={{ modelId: model, form: formNamed(form) }} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
