import { useQueryClient } from '@tanstack/react-query';
import type {
  GatewayDetailAnswer,
  GatewayReplaceBody,
} from '../../../../src/admin/contract-operations.ts';
import { hasCode } from '../../api/api-error.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { gatewayPath } from './gateway-dialogs.tsx';
import type { SettingsDraft } from './use-settings-draft.ts';
import { useSettingsDraft } from './use-settings-draft.ts';

/** What is said where somebody else was first. */
const CHANGED = 'gateway_changed';

/** What is being changed, and what becomes of it. */
export interface Saving {
  readonly draft: SettingsDraft;
  readonly error: Error | null;
  readonly isSaving: boolean;
  /** Saves it in the place of what it was begun with. */
  readonly save: () => void;
  /** The same in the place of what somebody else made of that. */
  readonly saveOver: () => void;
}

/** The draft, and what became of saving it: with the next change nothing of that is so any more. */
export function useSaving(gateway: GatewayDetailAnswer): Saving {
  const draft = useSettingsDraft(gateway);
  const queries = useQueryClient();
  const path = gatewayPath(gateway.account, gateway.id);
  const order = useOrder({
    send: (body: GatewayReplaceBody) => callApi<GatewayDetailAnswer>(path, { method: 'PUT', body }),
    changes: ['/admin/v1/gateways'],
    done: 'The gateway was changed.',
  });
  const { error, isPending, variables, mutate, reset } = order;
  const forgetRefusal = (): void => {
    if (error !== null) reset();
  };
  const saveOnto = (etag: string): void => {
    const { text, settings, isDirty, saved } = draft;
    if (isPending || !isDirty || settings === undefined) return;
    mutate(
      { ...settings, etag },
      {
        onSuccess: (made) => {
          saved(text, made);
        },
        onError: (refused) => {
          if (hasCode(refused, CHANGED)) void queries.invalidateQueries({ queryKey: [path] });
        },
      },
    );
  };
  // What was just saved is read anew before the draft is done with: that is nobody else's change.
  const isOwnSave = isPending && variables.etag === draft.etag;
  const isStale = draft.isStale && !isOwnSave;
  return {
    draft: {
      ...draft,
      isStale,
      setText: (text) => {
        forgetRefusal();
        draft.setText(text);
      },
      setSettings: (settings) => {
        forgetRefusal();
        draft.setSettings(settings);
      },
      discard: () => {
        forgetRefusal();
        draft.discard();
      },
    },
    // Of what has changed meanwhile more is known by now than that it was refused.
    error: isStale && hasCode(error, CHANGED) ? null : error,
    isSaving: isPending,
    save: () => {
      if (!isStale) saveOnto(draft.etag);
    },
    saveOver: () => {
      saveOnto(gateway.etag);
    },
  };
}
