import { maxValue, prepareImage, toChannels, type Image, type Mask } from '@adlib/core';
import type { Sample } from '../dataset.js';

/** What an audit keeps of one sample: a few hundred bytes, whatever the picture's size. */
export interface SampleFeatures {
  /** The sample. */
  readonly sample: Sample;
  /** SHA-256 of its content. */
  readonly hash: string;
  /** Height, width, channels and bits per channel in one word, for example `512×512 grey 8 bit`. */
  readonly format: string;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Mean luma, 0..1. */
  readonly brightness: number;
  /** Standard deviation of the luma, 0..1. */
  readonly contrast: number;
  /** Mean of red minus mean of blue, 0 for grey. */
  readonly warmth: number;
  /** Mean square of the luma's Laplacian at the picture's own size: low when blurred. */
  readonly sharpness: number;
  /** Share of pixels at black or at full brightness. */
  readonly clipped: number;
  /** Signs of the gradients of a 16×17 thumbnail: 256 bits. */
  readonly print: Uint32Array;
  /** Luma at 48×48, 0..255, to check near duplicates with. */
  readonly thumbnail: Uint8Array;
  /** Facts on the mask, where there is one. */
  readonly mask: MaskFeatures | undefined;
}

/** Facts on one mask. */
export interface MaskFeatures {
  /** Whether it has the picture's size. */
  readonly fits: boolean;
  /** Share of pixels that are defective. */
  readonly share: number;
  /** Whether it reaches the border of the picture. */
  readonly atBorder: boolean;
}

/** Side of the thumbnail that near duplicates are checked with. */
export const thumbnailSide = 48;

/**
 * Reads one sample and keeps its features.
 *
 * @param sample - the sample
 * @returns the features
 * @throws what reading it throws
 */
export async function featuresOf(sample: Sample): Promise<SampleFeatures> {
  const [hash, image] = [await sample.hash(), await sample.image()];
  const mask = sample.mask === undefined ? undefined : maskFeatures(await sample.mask(), image);
  const grey = toChannels(image, 1);
  const { data, width, height } = grey;
  const max = maxValue(image);
  let [sum, squares, edges, clipped] = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]! / max;
    sum += value;
    squares += value * value;
    if (value <= 0 || value >= 1) clipped++;
  }
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const edge = (data[i - 1]! + data[i + 1]! + data[i - width]! + data[i + width]! - 4 * data[i]!) / max;
      edges += edge * edge;
    }
  }
  const mean = sum / data.length;
  const bits = image.data instanceof Uint8Array ? '8 bit' : image.data instanceof Uint16Array ? '16 bit' : 'float';
  return {
    sample,
    hash,
    format: `${width}×${height} ${image.channels === 1 ? 'grey' : 'RGB'} ${bits}`,
    height,
    width,
    brightness: mean,
    contrast: Math.sqrt(Math.max(0, squares / data.length - mean * mean)),
    warmth: warmth(image, max),
    sharpness: edges / Math.max(1, (width - 2) * (height - 2)),
    clipped: clipped / data.length,
    print: fingerprint(grey),
    thumbnail: Uint8Array.from(prepareImage(grey, { size: [thumbnailSide, thumbnailSide] }).data, (v) =>
      Math.round(v * 255),
    ),
    mask,
  };
}

function warmth({ data, channels }: Image, max: number): number {
  if (channels === 1) return 0;
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += data[i]! - data[i + 2]!;
  return sum / max / (data.length / 3);
}

/** dHash: bit `i` says whether a cell of the thumbnail is brighter than its right neighbour. */
function fingerprint(grey: Image): Uint32Array {
  const { data } = prepareImage(grey, { size: [16, 17] });
  const print = new Uint32Array(8);
  for (let y = 0, bit = 0; y < 16; y++) {
    for (let x = 0; x < 16; x++, bit++) {
      if (data[y * 17 + x]! > data[y * 17 + x + 1]!) print[bit >> 5]! |= 1 << (bit & 31);
    }
  }
  return print;
}

function maskFeatures({ data, width, height }: Mask, image: Image): MaskFeatures {
  let count = 0;
  let atBorder = false;
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    count++;
    const x = i % width;
    atBorder ||= x === 0 || x === width - 1 || i < width || i >= data.length - width;
  }
  return { fits: width === image.width && height === image.height, share: count / data.length, atBorder };
}
