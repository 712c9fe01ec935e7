import { describe, expect, test } from 'vitest';
import type { StreamFault } from './byte-stream.ts';
import { collect } from './byte-stream.ts';
import { uncancelled } from './cancellation.ts';
import { PagedSource } from './paged-source.ts';

function counted(pages: number, made: number[] = []): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      for (let page = 0; page < pages; page += 1) {
        made.push(page);
        yield await Promise.resolve(Buffer.from(`${String(page)};`));
      }
    },
  };
}

const unexpected = (fault: unknown): void => {
  throw new Error(String(fault));
};
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a stream that is made page by page', () => {
  test('has all pages, then ends', async () => {
    const source = new PagedSource(counted(3), unexpected);
    const collected = await collect(source, 100, uncancelled);
    const text = collected.kind === 'bytes' ? Buffer.from(collected.bytes).toString() : 'broken';
    expect(text).toBe('0;1;2;');
  });

  test('makes no page before the one before it was taken', async () => {
    const made: number[] = [];
    const source = new PagedSource(counted(5, made), unexpected);
    const taken: string[] = [];
    let ended = false;
    source.open({
      write: (chunk) => {
        taken.push(Buffer.from(chunk).toString());
        return false;
      },
      end: () => {
        ended = true;
      },
      fail: unexpected,
    });
    await soon();
    expect([made, taken]).toEqual([[0], ['0;']]);
    for (let turn = 0; turn < 5; turn += 1) {
      source.resume();
      await soon();
    }
    expect([taken.length, ended]).toEqual([5, true]);
  });

  test('says nothing more once nobody waits for it', async () => {
    const made: number[] = [];
    const source = new PagedSource(counted(5, made), unexpected);
    const taken: Uint8Array[] = [];
    source.open({
      write: (chunk) => {
        taken.push(chunk);
        source.cancel();
        return true;
      },
      end: unexpected.bind(undefined, 'ended'),
      fail: unexpected,
    });
    await soon();
    expect(taken).toHaveLength(1);
  });

  test('breaks where a page cannot be made, and says why to its owner', async () => {
    const faults: unknown[] = [];
    const broken: AsyncIterable<Uint8Array> = {
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve(Buffer.from('x'));
        throw new Error('disk');
      },
    };
    const failed: StreamFault[] = [];
    new PagedSource(broken, (fault) => faults.push(fault)).open({
      write: () => true,
      end: unexpected.bind(undefined, 'ended'),
      fail: (fault) => failed.push(fault),
    });
    await soon();
    expect(failed).toMatchObject([{ kind: 'cut' }]);
    expect(String(faults[0])).toContain('disk');
  });
});
