import { maxValue, prepareImage, toChannels, type Image } from '@adlib/core';
import type { Sample } from '../dataset.js';
import { maskFeatures, type MaskFeatures } from './maskFeatures.js';
import { orientedPrints } from './prints.js';

/** What an audit keeps of one sample: three kilobytes, whatever the picture's size. */
export interface SampleFeatures {
  /** The sample. */
  readonly sample: Sample;
  /** SHA-256 of its content. */
  readonly hash: string;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Channels as decoded. */
  readonly channels: 1 | 3;
  /** Kind of values, `8 bit`, `16 bit` or `float`. */
  readonly bits: string;
  /** Ending of the file's name in lower case, `jpg` for `jpeg`; empty where there is none. */
  readonly ending: string;
  /** Mean luma, 0..1. */
  readonly brightness: number;
  /** Standard deviation of the luma, 0..1. */
  readonly contrast: number;
  /** Mean of red minus blue, green minus the mean of both, and the largest minus the smallest; 0 for grey. */
  readonly colour: readonly [number, number, number];
  /** Mean square of the luma's Laplacian at the picture's own size: low when blurred, high when noisy. */
  readonly sharpness: number;
  /** Share of pixels at black or at full brightness. */
  readonly clipped: number;
  /** Share of height or width taken by rows or columns of one value along the border. */
  readonly bars: number;
  /** Prints of the picture as it is, and turned and mirrored in the seven other ways. */
  readonly prints: readonly Uint32Array[];
  /** Luma at 48×48, 0..255, to check near duplicates with. */
  readonly thumbnail: Uint8Array;
  /** Facts on the mask, where there is one. */
  readonly mask: MaskFeatures | undefined;
}

/** Side of the thumbnail that near duplicates are checked with. */
export const thumbnailSide = 48;

/**
 * Reads one sample, its picture once, and keeps its features.
 *
 * @param sample - the sample
 * @returns the features
 * @throws what reading the picture throws; a mask that cannot be read is a fact
 */
export async function featuresOf(sample: Sample): Promise<SampleFeatures> {
  const [hash, image] = [await sample.hash(), await sample.image()];
  const mask = await maskFeatures(sample, image);
  const grey = toChannels(image, 1);
  const max = maxValue(image);
  const small = prepareImage(grey, { size: [thumbnailSide, thumbnailSide] }).data;
  return {
    sample,
    hash,
    height: image.height,
    width: image.width,
    channels: image.channels,
    bits: image.data instanceof Uint8Array ? '8 bit' : image.data instanceof Uint16Array ? '16 bit' : 'float',
    ending: endingOf(sample.id),
    ...lightOf(grey, max),
    colour: colourOf(image, max),
    bars: barsOf(grey),
    prints: orientedPrints(small, thumbnailSide),
    thumbnail: Uint8Array.from(small, (v) => Math.round(v * 255)),
    mask,
  };
}

function endingOf(id: string): string {
  const ending = /\.([^./]+)$/.exec(id)?.[1]?.toLowerCase() ?? '';
  return ending === 'jpeg' ? 'jpg' : ending === 'tiff' ? 'tif' : ending;
}

function lightOf(
  { data, width, height }: Image,
  max: number,
): Pick<SampleFeatures, 'brightness' | 'contrast' | 'sharpness' | 'clipped'> {
  let [sum, squares, edges, clipped] = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    sum += value;
    squares += value * value;
    if (value <= 0 || value >= max) clipped++;
  }
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const edge = data[i - 1]! + data[i + 1]! + data[i - width]! + data[i + width]! - 4 * data[i]!;
      edges += edge * edge;
    }
  }
  const mean = sum / data.length / max;
  return {
    brightness: mean,
    contrast: Math.sqrt(Math.max(0, squares / data.length / max ** 2 - mean * mean)),
    sharpness: edges / max ** 2 / Math.max(1, (width - 2) * (height - 2)),
    clipped: clipped / data.length,
  };
}

function colourOf({ data, channels }: Image, max: number): [number, number, number] {
  if (channels === 1) return [0, 0, 0];
  let [warm, green, chroma] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
    warm += r - b;
    green += g - (r + b) / 2;
    chroma += Math.max(r, g, b) - Math.min(r, g, b);
  }
  const pixels = (max * data.length) / 3;
  return [warm / pixels, green / pixels, chroma / pixels];
}

/** Share of the longer run of lines of one value along the borders, over rows and columns. */
function barsOf({ data, width, height }: Image): number {
  const along = (lines: number, length: number, step: number, stride: number): number => {
    const flat = (line: number): boolean => {
      for (let i = 1; i < length; i++) {
        if (data[line * stride + i * step] !== data[line * stride]) return false;
      }
      return true;
    };
    let start = 0;
    while (start < lines && flat(start)) start++;
    let end = 0;
    while (end < lines - start && flat(lines - 1 - end)) end++;
    return (start + end) / lines;
  };
  return Math.max(along(height, width, 1, width), along(width, height, width, 1));
}
