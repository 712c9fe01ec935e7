import { describe, test } from 'vitest';
import { addAnswers } from './driver-suite-answers.ts';
import { addFailures } from './driver-suite-failures.ts';
import { testRecordings } from './driver-suite-recordings.ts';
import type { AddTest, DriverOptions, DriverTest, OpenRig } from './driver-suite-rig.ts';
import { driverCases, withRig } from './driver-suite-rig.ts';

/** The one suite that each driver of the canonical form is held to. */
export function describeDriver(name: string, openRig: OpenRig, options: DriverOptions): void {
  const tests: DriverTest[] = [];
  const add: AddTest = (ofCase, title, expectSo) => {
    tests.push({ ofCase, title, expectSo });
  };
  addAnswers(add, options);
  addFailures(add, options);
  describe(`the driver ${name}`, () => {
    for (const ofCase of driverCases) {
      const reason = options.skips?.[ofCase];
      const why = reason === undefined ? '' : ` (${reason})`;
      describe.skipIf(reason !== undefined)(`${ofCase}${why}`, () => {
        if (ofCase === 'recordings') testRecordings(openRig, options);
        test.each(tests.filter((one) => one.ofCase === ofCase))('$title', ({ expectSo }) =>
          withRig(openRig(), (rig) => expectSo(rig)),
        );
      });
    }
  });
}
