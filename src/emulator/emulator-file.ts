/** A file that a request may refer to. */
export interface EmulatorFile {
  readonly filename: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** The content, of a large file the beginning: no request takes more. */
  readBase64(): string;
}
