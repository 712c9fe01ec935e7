import { StartProblem } from '../start-problem.ts';
import { StoreFault } from '../store/open-database.ts';
import { CommandProblem } from './command-problem.ts';
import { program, refuseUnknownCommand } from './program.ts';
import type { Complaint } from './terminal.ts';
import { complain, complainInJson, complainOf, endUnheard } from './terminal.ts';

/** Whether the answer is wanted in JSON; asked before the command line is read, which may go wrong. */
function wantsJson([, , ...args]: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** A bug of ours: whoever reports it needs where it happened. */
function faultOf({ message, stack }: Error): Complaint {
  return { type: 'internal_error', message, stack };
}

const isInJson = wantsJson(process.argv);
complainInJson(isInJson);
endUnheard();
try {
  const quatrain = program();
  refuseUnknownCommand(quatrain, process.argv[2]);
  await quatrain.parseAsync();
} catch (error) {
  if (error instanceof CommandProblem) error.tell();
  else if (error instanceof StartProblem) complain(error.message, 'start_problem');
  else if (error instanceof StoreFault) complain(error.message, 'store_fault');
  else if (isInJson && error instanceof Error) complainOf(faultOf(error));
  else throw error;
}
