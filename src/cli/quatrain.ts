import { StartProblem } from '../start-problem.ts';
import { StoreFault } from '../store/open-database.ts';
import { CommandProblem } from './command-problem.ts';
import { program } from './program.ts';
import { complain, complainInJson } from './terminal.ts';

/** Whether the answer is wanted in JSON; asked before the command line is read, which may go wrong. */
function wantsJson([, , ...args]: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).includes('--json');
}

complainInJson(wantsJson(process.argv));
try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommandProblem) error.tell();
  else if (error instanceof StartProblem) complain(error.message, 'start_problem');
  else if (error instanceof StoreFault) complain(error.message, 'store_fault');
  else throw error;
}
