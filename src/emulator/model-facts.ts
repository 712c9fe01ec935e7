/** What the emulator has to know of a model. The catalog's records satisfy it; wiring passes them in. */
export interface ModelFacts {
  /** The id that answers carry: the snapshot an alias stands for. */
  readonly id: string;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly thinking: { readonly enabled: boolean; readonly adaptive: boolean };
  /** Whether a conversation may end with the assistant's words, to be continued. */
  readonly acceptsPrefill: boolean;
  /** Whether `temperature` and `top_p` may be given together. */
  readonly acceptsBothSamplers: boolean;
  /** Whether `temperature`, `top_p` and `top_k` may be given at all. */
  readonly acceptsSamplers: boolean;
  readonly acceptsEffort: boolean;
  readonly acceptsOutputFormat: boolean;
  /** Whether `usage.inference_geo` names a place, or says `not_available`. */
  readonly reportsInferenceGeo: boolean;
}
