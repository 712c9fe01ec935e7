import type { Scope } from '../access/scopes.ts';
import type { CallerForm, Dialect } from '../dialects/dialect.ts';
import type { Operation } from '../messages/upstream.ts';

/** Running a model takes the scope of the form that is spoken; wallet reference §3.2 rule 7. */
const formScopes: Readonly<Record<CallerForm, Scope>> = {
  messages: 'messages',
  chat: 'chat',
  'workers-ai': 'workers-ai',
};

const operationScopes: Readonly<Record<Operation, Scope | 'of-form'>> = {
  'messages.create': 'of-form',
  'messages.count_tokens': 'of-form',
  'complete.create': 'of-form',
  'models.list': 'models:read',
  'models.get': 'models:read',
  'batches.create': 'batches',
  'batches.list': 'batches',
  'batches.get': 'batches',
  'batches.results': 'batches',
  'batches.cancel': 'batches',
  'batches.delete': 'batches',
  'files.create': 'files',
  'files.list': 'files',
  'files.get': 'files',
  'files.content': 'files',
  'files.delete': 'files',
};

/** The scope that a key needs for a call: every operation in every form has one. */
export function scopeOfCall({ callerForm }: Pick<Dialect, 'callerForm'>, asked: Operation): Scope {
  const scope = operationScopes[asked];
  return scope === 'of-form' ? formScopes[callerForm] : scope;
}
