import { useQueryClient } from '@tanstack/react-query';
import { hasCode } from '../api/api-error.ts';
import { callApi } from '../api/call-api.ts';
import { useOrder } from '../api/use-order.ts';
import type { Draft, DraftForm } from './use-draft.ts';
import { useDraft } from './use-draft.ts';

/** How something is saved by a PUT that names the etag of what it takes the place of. */
export interface SavedForm<Shown> extends DraftForm<Shown> {
  /** Where it is in the admin API; what was read there has this as its query key. */
  readonly path: string;
  /** What a text is sent as, besides the etag; undefined where it cannot be sent. */
  readonly bodyOf: (text: string) => object | undefined;
  /** The code with which the gateway says that somebody else was first. */
  readonly changedCode: string;
  /** Beginnings of query keys that are read anew. */
  readonly changes: readonly string[];
  readonly done: string;
}

/** What is being changed, and what becomes of it. */
export interface Saving<Shown> {
  readonly draft: Draft<Shown>;
  readonly error: Error | null;
  readonly isSaving: boolean;
  /** Saves it in the place of what it was begun with. */
  readonly save: () => void;
  /** The same in the place of what somebody else made of that. */
  readonly saveOver: () => void;
}

/** A draft, and what became of saving it: with the next change nothing of that is so any more. */
export function useSaving<Shown extends { readonly etag: string }>(
  shown: Shown,
  form: SavedForm<Shown>,
): Saving<Shown> {
  const { path, bodyOf, changedCode, changes, done } = form;
  const draft = useDraft(shown, form);
  const queries = useQueryClient();
  const order = useOrder({
    send: (body: { readonly etag: string }) => callApi<Shown>(path, { method: 'PUT', body }),
    changes,
    done,
  });
  const { error, isPending, variables, mutate, reset } = order;
  const forgetRefusal = (): void => {
    if (error !== null) reset();
  };
  const saveOnto = (etag: string): void => {
    const { text, isDirty, saved } = draft;
    const body = bodyOf(text);
    if (isPending || !isDirty || body === undefined) return;
    mutate(
      { ...body, etag },
      {
        onSuccess: (made) => {
          saved(text, made);
        },
        onError: (refused) => {
          if (hasCode(refused, changedCode)) void queries.invalidateQueries({ queryKey: [path] });
        },
      },
    );
  };
  // What was just saved is read anew before the draft is done with: that is nobody else's change.
  const isOwnSave = isPending && variables.etag === draft.from.etag;
  const isStale = draft.isStale && !isOwnSave;
  return {
    draft: {
      ...draft,
      isStale,
      setText: (text) => {
        forgetRefusal();
        draft.setText(text);
      },
      discard: () => {
        forgetRefusal();
        draft.discard();
      },
    },
    // Of what has changed meanwhile more is known by now than that it was refused.
    error: isStale && hasCode(error, changedCode) ? null : error,
    isSaving: isPending,
    save: () => {
      if (!isStale) saveOnto(draft.from.etag);
    },
    saveOver: () => {
      saveOnto(shown.etag);
    },
  };
}
