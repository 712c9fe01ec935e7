import { expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { Secret } from '../std/secret.ts';
import { RereadBearer } from './bearer-source.ts';

function reread(): {
  readonly clock: ManualClock;
  readonly source: RereadBearer;
  readonly file: { text: string | undefined; reads: number };
  readonly text: () => Promise<string>;
} {
  const clock = new ManualClock();
  const file: { text: string | undefined; reads: number } = { text: 'one', reads: 0 };
  const source = new RereadBearer({
    clock,
    read: () => {
      file.reads += 1;
      return file.text === undefined ? undefined : new Secret(file.text);
    },
  });
  const text = async (): Promise<string> => {
    const token = await source.token();
    return isRefusal(token) ? token.code : token.reveal();
  };
  return { clock, source, file, text };
}

test('a token is read anew every minute', async () => {
  const { clock, file, text } = reread();
  expect(await text()).toBe('one');
  file.text = 'two';
  clock.advance(59_999);
  expect([await text(), file.reads]).toEqual(['one', 1]);
  clock.advance(1);
  expect([await text(), file.reads]).toEqual(['two', 2]);
});

test('while its file is empty the old one is used', async () => {
  const { clock, file, text } = reread();
  await text();
  file.text = undefined;
  clock.advance(60_000);
  expect(await text()).toBe('one');
});

test('without any there is no request', async () => {
  const { file, text } = reread();
  file.text = undefined;
  expect(await text()).toBe('upstream_failed');
});

test('a host that does not take it has it read again, once a second', async () => {
  const { clock, source, file, text } = reread();
  await text();
  clock.advance(5000);
  expect([source.throwAway(new Secret('one')), file.reads]).toEqual([false, 2]);
  file.text = 'two';
  expect([source.throwAway(new Secret('one')), file.reads]).toEqual([false, 2]);
  clock.advance(1000);
  expect([source.throwAway(new Secret('one')), file.reads]).toEqual([true, 3]);
  // Whoever still holds the old one asks again without a read.
  expect([source.throwAway(new Secret('one')), file.reads]).toEqual([true, 3]);
  expect(await text()).toBe('two');
});
