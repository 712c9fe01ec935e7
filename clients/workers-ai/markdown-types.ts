import type { GatewayOptions } from './gateway-types.ts';

/** A file to convert. Of a blob, this is what every runtime's has. */
export interface MarkdownDocument {
  name: string;
  blob: Pick<Blob, 'type' | 'arrayBuffer'>;
}

/** What became of a file. */
export type ConversionResponse =
  | {
      id: string;
      name: string;
      mimeType: string;
      format: 'markdown' | 'text';
      tokens: number;
      data: string;
    }
  | { id: string; name: string; mimeType: string; format: 'error'; error: string };

/** What goes with files to convert; how they are converted is the gateway's to read. */
export interface ConversionRequestOptions {
  gateway?: GatewayOptions;
  extraHeaders?: object;
  conversionOptions?: object;
}

/** A kind of file that can be converted. */
export interface SupportedFileFormat {
  mimeType: string;
  extension: string;
}

/** What `toMarkdown()` without files returns. */
export interface ToMarkdownService {
  transform(
    files: MarkdownDocument[],
    options?: ConversionRequestOptions,
  ): Promise<ConversionResponse[]>;
  transform(
    files: MarkdownDocument,
    options?: ConversionRequestOptions,
  ): Promise<ConversionResponse>;
  supported(): Promise<SupportedFileFormat[]>;
}
