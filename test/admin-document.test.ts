import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ApiRoute } from '../src/admin/api-route.ts';
import { accountApiRoutes, adminRoutes } from '../src/admin/routes.ts';
import { withTables } from './support/made-tables.ts';
import { projectRoot } from './support/source-files.ts';

/** The tables of docs/admin.md are made from the tables of the code. */

const path = join(projectRoot, 'docs/admin.md');

function takes({ access }: ApiRoute): string {
  switch (access.kind) {
    case 'admin':
      return 'admin';
    case 'session':
      return 'a session';
    case 'sign-in':
      return 'no key';
    case 'account': {
      const scope = access.scope === undefined ? '' : `, \`${access.scope}\``;
      return `${access.keyKinds.join(' or ')}${scope}`;
    }
    case 'anyone':
      return 'no key';
    case 'signed':
      return 'a signature';
  }
}

function table(routes: readonly ApiRoute[]): string {
  const rows = routes.map((route) => {
    const once = route.isMoneyWrite === true ? ' Needs an idempotency key.' : '';
    return `| \`${route.method} ${route.path}\` | ${takes(route)} | ${route.summary}${once} |`;
  });
  return ['| route | takes | |', '| --- | --- | --- |', ...rows].join('\n');
}

test('the document lists the routes that there are (UPDATE=1 writes them)', () => {
  const text = readFileSync(path, 'utf8');
  const written = withTables(text, {
    'admin routes': table(adminRoutes),
    'account routes': table(accountApiRoutes),
  });
  if (process.env['UPDATE'] === '1') writeFileSync(path, written);
  expect(readFileSync(path, 'utf8')).toBe(written);
});
