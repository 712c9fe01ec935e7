import type { HeaderList } from '../messages/upstream.ts';

/** Only what this listener itself serves, and no script that stands in a page. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What every page in HTML says to the browser that shows it. */
export const pageHeaders: HeaderList = [
  'content-security-policy',
  contentPolicy,
  'x-content-type-options',
  'nosniff',
  'referrer-policy',
  'no-referrer',
];
