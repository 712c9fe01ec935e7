import type { ModelFacts } from '../model-facts.ts';
import { imageSize } from './image-size.ts';

const PATCH_PIXELS = 28;
/** Around a picture. */
const BLOCK_TOKENS = 3;
/** What a picture is taken for that cannot be measured. */
const unseenPixels = { width: 640, height: 480 };

/** Width and height in pixels. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
}

/** How large a model sees a picture. */
type ImageLimits = Pick<ModelFacts['images'], 'longEdgePixelsMax' | 'patchesMax'>;

/** Tokens of an image given as base64. */
export function imageTokens(base64: string, limits: ImageLimits): number {
  const size = imageSize(base64);
  return size === undefined
    ? unseenImageTokens(limits)
    : BLOCK_TOKENS + patchesOf(fitImage(size, limits));
}

/** What a picture costs that is not here to be measured: a URL or a file (API reference §1.5). */
export function unseenImageTokens(limits: ImageLimits): number {
  return BLOCK_TOKENS + patchesOf(fitImage(unseenPixels, limits));
}

/** One token a patch of 28 by 28 pixels, the rest padded (API reference §11). */
export function patchesOf({ width, height }: Pixels): number {
  return patches(width) * patches(height);
}

/**
 * The size at which a model sees a picture: the largest of the same shape whose edges and patches
 * are within its limits, found by its long edge (API reference §11, resize).
 */
export function fitImage(size: Pixels, limits: ImageLimits): Pixels {
  if (fits(size, limits)) return size;
  let small = 1;
  let large = Math.max(size.width, size.height);
  while (large - small > 1) {
    const middle = Math.floor((small + large) / 2);
    if (fits(scaledTo(size, middle), limits)) small = middle;
    else large = middle;
  }
  return scaledTo(size, small);
}

function fits(size: Pixels, { longEdgePixelsMax, patchesMax }: ImageLimits): boolean {
  const longest = patches(Math.max(size.width, size.height)) * PATCH_PIXELS;
  return longest <= longEdgePixelsMax && patchesOf(size) <= patchesMax;
}

function scaledTo({ width, height }: Pixels, longEdge: number): Pixels {
  const isWide = width >= height;
  const short = Math.max(
    1,
    roundHalfToEven((longEdge * Math.min(width, height)) / Math.max(width, height)),
  );
  return isWide ? { width: longEdge, height: short } : { width: short, height: longEdge };
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function patches(pixels: number): number {
  return Math.ceil(pixels / PATCH_PIXELS);
}
