import type { ReactElement } from 'react';
import type { LeftOut } from './explain-address.ts';
import styles from './routes.module.css';
import type { Explaining } from './use-explain.ts';

const called: Readonly<Record<string, string>> = {
  body: 'the body',
  headers: 'headers',
  idempotency_key: 'the idempotency key',
  cache_name: 'the name in the cache',
  key: 'the key',
};

/** What an address does not have of the question that is asked. */
export function AddressNote({
  keptBack,
  missing,
}: Pick<Explaining, 'keptBack' | 'missing'>): ReactElement | null {
  if (missing.length > 0) {
    return (
      <p className={styles['note']} role="status">
        This was asked with more than its address has: {missing.map(nameOf).join(', ')}. The answer
        is without that.
      </p>
    );
  }
  if (keptBack.length === 0) return null;
  const secret = namesOf(keptBack, 'secret');
  const long = namesOf(keptBack, 'long');
  return (
    <p className={styles['note']} role="status">
      {secret === '' ? '' : `Not in the address, since it may be a secret: ${secret}. `}
      {long === '' ? '' : `Not in the address, since it would be too long: ${long}. `}
      Whoever opens the address asks without that.
    </p>
  );
}

function namesOf(leftOut: readonly LeftOut[], why: LeftOut['why']): string {
  return leftOut
    .filter((one) => one.why === why)
    .map(({ what }) => nameOf(what))
    .join(', ');
}

function nameOf(what: string): string {
  if (what.startsWith('headers.')) return `the header ${what.slice('headers.'.length)}`;
  return called[what] ?? `the ${what.replaceAll('_', ' ')}`;
}
