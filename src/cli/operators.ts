import { PasswordDigests } from '../access/operator-password.ts';
import type { Done, OrderContext } from '../admin/audit-note.ts';
import { recordNote } from '../admin/audit-note.ts';
import type { OperatorAnswer } from '../admin/contract-session.ts';
import type { OperatorContext, OperatorLogin } from '../admin/operator-orders.ts';
import {
  createOperator,
  encodeOperator,
  removeOperator,
  setOperatorPassword,
} from '../admin/operator-orders.ts';
import { operatorNameField } from '../admin/session-shapes.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { systemRandom } from '../std/random.ts';
import { Secret } from '../std/secret.ts';
import { removeSetupFile } from '../store/operators-setup-file.ts';
import { usageProblem } from './command-problem.ts';
import type { OpenedStore, OrderFlags } from './open-orders.ts';
import { tellRows, withOrders } from './open-orders.ts';
import { readPassword } from './read-password.ts';
import { complainOfRefusal, say } from './terminal.ts';

export interface PasswordFlags extends OrderFlags {
  /** The password is read, instead of made. */
  readonly passwordStdin?: boolean;
}

const EXIT_INTERRUPTED = 130;
/** 144 bits, 24 letters: nobody has to remember it, and nobody guesses it. */
const PASSWORD_BYTES = 18;

/** Shows who may sign in to the console. */
export function listOperatorsCommand(flags: OrderFlags): Promise<void> {
  return withOrders(flags, (_context, { store }) => {
    const rows = store.operators.list().map((record) => encodeOperator(record));
    tellRows(flags, rows, ['name', 'created_at', 'last_sign_in_at', 'created_by']);
    return Promise.resolve();
  });
}

/** Lets somebody sign in to the console. */
export function addOperatorCommand(written: string, flags: PasswordFlags): Promise<void> {
  return withLogin(written, flags, (context, login) => createOperator(context, login));
}

/** Gives an operator another password; all their sessions end. */
export function resetPasswordCommand(written: string, flags: PasswordFlags): Promise<void> {
  return withLogin(written, flags, (context, login) => setOperatorPassword(context, login));
}

/** Removes an operator; all their sessions end. The last one stays. */
export function removeOperatorCommand(written: string, flags: OrderFlags): Promise<void> {
  const name = nameOf(written);
  return withOrders(flags, async (context, opened) => {
    const outcome = await removeOperator(operatorContext(context, opened), name);
    if (isRefusal(outcome)) {
      complainOfRefusal(outcome);
      return;
    }
    await recordNote(context, outcome);
    if (flags.json === true) say(JSON.stringify(outcome.answer));
    else say(`${name} is removed, and signed out everywhere.`);
  });
}

/** Carries out what is about a name and its new password, and shows a password that was made for it. */
async function withLogin(
  written: string,
  flags: PasswordFlags,
  order: (
    context: OperatorContext,
    login: OperatorLogin,
  ) => Promise<Done<OperatorAnswer> | Refusal>,
): Promise<void> {
  const name = nameOf(written);
  const isRead = flags.passwordStdin === true;
  const password = isRead ? await readPassword() : newPassword();
  if (password === undefined) {
    process.exitCode = EXIT_INTERRUPTED;
    return;
  }
  await withOrders(flags, async (context, opened) => {
    const outcome = await order(operatorContext(context, opened), { name, password });
    if (isRefusal(outcome)) {
      complainOfRefusal(outcome);
      return;
    }
    await recordNote(context, outcome);
    // There is an operator: the token that makes the first is of no use any more.
    removeSetupFile(opened.directory);
    tellLogin(flags, outcome.answer, isRead ? undefined : password);
  });
}

function tellLogin(flags: OrderFlags, answer: OperatorAnswer, made: Secret | undefined): void {
  const { name } = answer;
  const shown = made === undefined ? {} : { password: made.reveal() };
  if (flags.json === true) say(JSON.stringify({ ...answer, ...shown }));
  else if (made === undefined) say(`${name} signs in with the new password.`);
  else say(`${made.reveal()}\n\nThis is shown once. ${name} signs in with it.`);
}

function newPassword(): Secret {
  const bytes = Buffer.from(systemRandom().bytes(PASSWORD_BYTES));
  return new Secret(bytes.toString('base64url'));
}

/** In the spelling in which names are kept. */
function nameOf(written: string): string {
  const { data, error } = operatorNameField.safeParse(written);
  if (error === undefined) return data;
  throw usageProblem(`${written} is no name: ${error.issues[0]?.message ?? 'it is not valid'}`);
}

function operatorContext(
  { actor, atMs }: OrderContext,
  { store: { operators } }: OpenedStore,
): OperatorContext {
  const desk = {
    operators,
    digests: new PasswordDigests(systemRandom()),
    // The store ends their sessions with it; a gateway that runs sees that when one of them asks.
    book: { endedBy: (_operator: string, work: () => Promise<boolean>) => work() },
  };
  return { desk, actor, atMs };
}
