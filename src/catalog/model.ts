/** One model as the registry knows it. Figures are the `launch` profile's (API reference, models). */
export interface Model {
  /** The snapshot's id: what answers carry. */
  readonly id: string;
  readonly displayName: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Other names that stand for this snapshot. */
  readonly aliases: readonly string[];
  /** Size of the context window, in tokens. */
  readonly contextTokens: number;
  /** Most tokens one answer may have. */
  readonly maxOutputTokens: number;
  readonly thinking: { readonly enabled: boolean; readonly adaptive: boolean };
  /** Whether a conversation may end with the assistant's words, to be continued. */
  readonly acceptsPrefill: boolean;
  /** Whether `temperature` and `top_p` may be given together. */
  readonly acceptsBothSamplers: boolean;
  /** Whether `temperature`, `top_p` and `top_k` may differ from their defaults. */
  readonly acceptsSamplers: boolean;
  readonly acceptsEffort: boolean;
  readonly acceptsOutputFormat: boolean;
  /** Whether `usage.inference_geo` names a place, or says `not_available`. */
  readonly reportsInferenceGeo: boolean;
}
