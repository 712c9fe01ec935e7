import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import type { RecordedItem } from '../store/sqlite-batch-store.ts';
import { createLog } from '../telemetry/log.ts';
import type { BatchFiles, BatchStore } from './batch-store.ts';
import type { FinishedItem } from './result-journal.ts';
import { ResultJournal } from './result-journal.ts';

/** A disk and a store by hand, of which either can refuse. */
class Disk {
  text = '';
  readonly rows: RecordedItem[] = [];
  readonly steps: string[] = [];
  fails: 'file' | 'rows' | undefined;

  readonly files = {
    openResults: () =>
      Promise.resolve({
        writeAt: (start: number, bytes: Uint8Array) => {
          this.steps.push('write');
          // A write that fails may have got half-way.
          const half = this.fails === 'file' ? bytes.subarray(0, 3) : bytes;
          this.text = this.text.slice(0, start) + Buffer.from(half).toString();
          return this.fails === 'file' ? Promise.reject(new Error('no space')) : Promise.resolve();
        },
        close: () => {
          this.steps.push('close');
          return Promise.resolve();
        },
      }),
  } as Partial<BatchFiles> as BatchFiles;

  readonly store = {
    recordItems: (_id: string, items: readonly RecordedItem[]) => {
      this.steps.push('record');
      if (this.fails === 'rows') return Promise.reject(new Error('no rows'));
      this.rows.push(...items);
      return Promise.resolve();
    },
  } as Partial<BatchStore> as BatchStore;
}

function journalOf(disk: Disk): {
  readonly journal: ResultJournal;
  readonly clock: ManualClock;
  readonly recorded: string[];
} {
  const clock = new ManualClock();
  const recorded: string[] = [];
  const journal = new ResultJournal({
    batchId: 'b',
    store: disk.store,
    files: disk.files,
    clock,
    log: createLog({ clock, level: () => 'error', write: () => {} }),
    resultsEnd: 0,
    onRecorded: (items) => recorded.push(...items.map(({ customId }) => customId)),
  });
  return { journal, clock, recorded };
}

function item(customId: string): FinishedItem {
  const line = Buffer.from(`${customId}\n`);
  return { position: 0, customId, outcome: 'succeeded', line, settled: undefined };
}

describe('ResultJournal', () => {
  test('writes lines before rows, and what comes meanwhile together', async () => {
    const disk = new Disk();
    const { journal, recorded } = journalOf(disk);
    for (const name of ['one', 'two', 'three']) journal.add(item(name));
    await journal.idle();
    expect(disk.steps).toEqual(['write', 'record', 'write', 'record']);
    expect(disk.text).toBe('one\ntwo\nthree\n');
    expect(disk.rows.map(({ resultEnd }) => resultEnd)).toEqual([4, 8, 14]);
    expect(recorded).toEqual(['one', 'two', 'three']);
    expect(journal.end).toBe(14);
  });

  test.each(['file', 'rows'] as const)(
    'tries again later where the %s cannot be written, and nothing is lost or doubled',
    async (what) => {
      const disk = new Disk();
      const { journal, clock, recorded } = journalOf(disk);
      disk.fails = what;
      journal.add(item('one'));
      for (let turn = 0; turn < 10; turn += 1) await setImmediate();
      journal.add(item('two'));
      expect(recorded).toEqual([]);
      expect(clock.pendingTimers).toBe(1);
      disk.fails = undefined;
      clock.advance(5000);
      await journal.idle();
      expect(disk.text).toBe('one\ntwo\n');
      expect(disk.rows.map(({ customId }) => customId)).toEqual(['one', 'two']);
      expect(recorded).toEqual(['one', 'two']);
    },
  );

  test('closing gives up what cannot be written, and frees the file', async () => {
    const disk = new Disk();
    const { journal, recorded } = journalOf(disk);
    disk.fails = 'rows';
    journal.add(item('one'));
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    await journal.close();
    expect(recorded).toEqual([]);
    expect(disk.steps.at(-1)).toBe('close');
  });

  test('is full when much waits', async () => {
    const disk = new Disk();
    const { journal } = journalOf(disk);
    disk.fails = 'file';
    for (let count = 0; count < 1999; count += 1) journal.add(item('x'));
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    expect(journal.isFull).toBe(false);
    journal.add(item('x'));
    expect(journal.isFull).toBe(true);
    await journal.close();
  });
});
