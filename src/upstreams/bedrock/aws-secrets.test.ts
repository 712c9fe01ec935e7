import { expect, test } from 'vitest';
import { ManualClock } from '../../std/manual-clock.ts';
import { Secret } from '../../std/secret.ts';
import type { AwsSecrets } from './aws-secrets.ts';
import { RereadAwsSecrets, revealed } from './aws-secrets.ts';

const key = (text: string): AwsSecrets => ({ kind: 'key', key: new Secret(text) });

function reread(): {
  clock: ManualClock;
  secrets: RereadAwsSecrets;
  next: (AwsSecrets | undefined)[];
} {
  const clock = new ManualClock();
  const next: (AwsSecrets | undefined)[] = [];
  return {
    clock,
    next,
    secrets: new RereadAwsSecrets({ first: key('one'), read: () => next.shift(), clock }),
  };
}

test('references are read anew once a minute', () => {
  const { clock, secrets, next } = reread();
  next.push(key('two'), key('three'));
  clock.advance(59_999);
  expect(revealed(secrets.current())).toEqual(['one']);
  clock.advance(1);
  expect([secrets.current(), secrets.current()].map((one) => revealed(one))).toEqual([
    ['two'],
    ['two'],
  ]);
});

test('what is missing for a moment leaves the old ones', () => {
  const { clock, secrets, next } = reread();
  next.push(undefined);
  clock.advance(60_000);
  expect(revealed(secrets.current())).toEqual(['one']);
});

test('after a no they are read at once, but at most once a second', () => {
  const { clock, secrets, next } = reread();
  const used = secrets.current();
  next.push(key('one'), key('two'));
  clock.advance(999);
  expect([secrets.hasOthersThan(used), next.length]).toEqual([false, 2]);
  clock.advance(1);
  expect([secrets.hasOthersThan(used), next.length]).toEqual([false, 1]);
  clock.advance(1000);
  expect([secrets.hasOthersThan(used), secrets.hasOthersThan(used)]).toEqual([true, true]);
});

test('secrets are all that is shown of an account', () => {
  const credentials = {
    accessKeyId: new Secret('id'),
    secretAccessKey: new Secret('secret'),
    sessionToken: new Secret('session'),
  };
  expect(revealed({ kind: 'signing', credentials })).toEqual(['id', 'secret', 'session']);
  expect(JSON.stringify(credentials)).not.toContain('"secret"');
});
