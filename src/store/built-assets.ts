import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WebAsset, WebAssets, WebEntry } from '../pages/web-assets.ts';
import { noWebAssets } from '../pages/web-assets.ts';

/** The map that the build writes beside the browser files. */
interface AssetMap {
  readonly files: Readonly<
    Record<string, { readonly file: string; readonly type: string; readonly brotli?: string }>
  >;
  readonly entries: Readonly<Record<string, WebEntry>>;
}

/**
 * Browser files of a folder, by the map that the build made of it. A path is looked up in the map and
 * never reaches the disk; each file is read when it is asked for first.
 */
export function openBuiltAssets(folder: string): WebAssets {
  const map = readMap(folder);
  if (map === undefined) return noWebAssets;
  const files = new Map(Object.entries(map.files));
  const entries = new Map(Object.entries(map.entries));
  const read = new Map<string, WebAsset>();
  return {
    entry: (name) => entries.get(name) ?? noWebAssets.entry(name),
    find(path) {
      const known = read.get(path);
      const described = files.get(path);
      if (known !== undefined || described === undefined) return known;
      const { file, type, brotli } = described;
      const asset = {
        type,
        bytes: readFileSync(join(folder, file)),
        brotli: brotli === undefined ? undefined : readFileSync(join(folder, brotli)),
      };
      read.set(path, asset);
      return asset;
    },
  };
}

/** Undefined where the browser files were not built: the gateway serves all the rest without them. */
function readMap(folder: string): AssetMap | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'assets.json'), 'utf8')) as AssetMap;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
