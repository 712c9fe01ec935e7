/** What is told to whom of how requests go. Descriptions are in the schema. */
export interface TelemetryConfig {
  readonly propagate: boolean;
  /** What is absent is off. */
  readonly otlp?: OtlpConfig | undefined;
}

export interface OtlpConfig {
  readonly endpoint: string;
  /** Values are references to secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly service_name: string;
  readonly sample_ratio: number;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly queue_max: number;
  readonly export_every_ms: number;
  readonly metrics_every_ms: number;
  readonly timeout_ms: number;
}
