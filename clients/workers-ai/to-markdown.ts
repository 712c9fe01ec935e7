import { AiInternalError } from './binding-errors.ts';
import type { GatewaySender } from './gateway-call.ts';
import type {
  ConversionRequestOptions,
  ConversionResponse,
  MarkdownDocument,
  SupportedFileFormat,
  ToMarkdownService,
} from './markdown-types.ts';
import { readListedError } from './read-error.ts';

const json = { 'content-type': 'application/json' };
const noResult = 'Internal Error Converting files into Markdown';
/** `String.fromCharCode` takes its characters as arguments, and engines bound how many. */
const charactersMax = 0x8000;

/** Gives the conversion service (Workers reference §1.8). */
export function createMarkdownService(sender: GatewaySender): ToMarkdownService {
  const convert = async (
    files: readonly MarkdownDocument[],
    options: ConversionRequestOptions | undefined,
  ): Promise<ConversionResponse[]> => {
    const response = await sender.send({
      method: 'POST',
      target: '/to-everything/markdown/transformer',
      headers: [options?.extraHeaders, json],
      body: JSON.stringify({ files: await Promise.all(files.map(encodeFile)), options }),
    });
    return resultOf<ConversionResponse[]>(response);
  };
  async function transform(
    files: MarkdownDocument[],
    options?: ConversionRequestOptions,
  ): Promise<ConversionResponse[]>;
  async function transform(
    files: MarkdownDocument,
    options?: ConversionRequestOptions,
  ): Promise<ConversionResponse>;
  async function transform(
    files: MarkdownDocument | MarkdownDocument[],
    options?: ConversionRequestOptions,
  ): Promise<ConversionResponse | ConversionResponse[]> {
    if (Array.isArray(files)) return convert(files, options);
    const [converted] = await convert([files], options);
    if (converted === undefined || converted === null) throw new AiInternalError(noResult);
    return converted;
  }
  return {
    transform,
    supported: async () =>
      resultOf<SupportedFileFormat[]>(
        await sender.send({
          method: 'GET',
          target: '/to-everything/markdown/supported',
          headers: [json],
        }),
      ),
  };
}

async function resultOf<Result>(response: Response): Promise<Result> {
  if (!response.ok) {
    const { message, facts } = await readListedError(response);
    throw new AiInternalError(message, { facts });
  }
  return ((await response.json()) as { readonly result: Result }).result;
}

async function encodeFile({ name, blob }: MarkdownDocument): Promise<object> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const characters: string[] = [];
  for (let start = 0; start < bytes.length; start += charactersMax)
    characters.push(String.fromCharCode(...bytes.subarray(start, start + charactersMax)));
  return { name, mimeType: blob.type, data: btoa(characters.join('')) };
}
