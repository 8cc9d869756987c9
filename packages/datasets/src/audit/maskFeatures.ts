import { maxValue, type Image, type Mask } from '@adlib/core';
import type { Sample } from '../dataset.js';

/** Facts on one mask. */
export interface MaskFeatures {
  /** Why it could not be read; the other facts then say nothing. */
  readonly problem?: string;
  /** `[height, width]` where it is not the picture's, undefined where it is. */
  readonly otherSize: readonly [number, number] | undefined;
  /** Values between black and white in the worst of its files; 0 where it is black and white, or holds class numbers. */
  readonly greyLevels: number;
  /** Share of pixels that are defective. */
  readonly share: number;
  /** Whether it reaches the border of the picture. */
  readonly atBorder: boolean;
  /** Connected regions (8 neighbours), largest first. */
  readonly regions: readonly MaskRegion[];
  /** Same for masks of the same pixels, hardly ever for others; empty where nothing is marked. */
  readonly print: string;
}

/** One connected region of a mask. */
export interface MaskRegion {
  /** Pixels. */
  readonly area: number;
  /** Rows it reaches over, as a share of the picture's height. */
  readonly height: number;
  /** Columns it reaches over, as a share of the picture's width. */
  readonly width: number;
}

/**
 * Reads the mask of a sample.
 *
 * @param sample - the sample
 * @param image - its picture
 * @returns what is to be known of the mask; undefined where there is none
 */
export async function maskFeatures(sample: Sample, image: Image): Promise<MaskFeatures | undefined> {
  if (sample.mask === undefined) return undefined;
  const none = { otherSize: undefined, greyLevels: 0, share: 0, atBorder: false, regions: [], print: '' };
  try {
    const files = (await sample.maskFiles?.()) ?? [];
    const greyLevels = Math.max(0, ...files.map(greyLevelsOf));
    const other = files.find((file) => file.width !== image.width || file.height !== image.height);
    if (other !== undefined) return { ...none, greyLevels, otherSize: [other.height, other.width] };
    const mask = await sample.mask();
    if (mask.width !== image.width || mask.height !== image.height)
      return { ...none, greyLevels, otherSize: [mask.height, mask.width] };
    const odd = mask.data.some((v) => v > 1) ? new Set(mask.data).size - 2 : 0;
    return { ...factsOf(mask), otherSize: undefined, greyLevels: Math.max(greyLevels, odd) };
  } catch (error) {
    return { ...none, problem: (error as Error).message };
  }
}

/** How many values are neither background nor the one value of the defect; small numbers are taken for classes. */
function greyLevelsOf(image: Image): number {
  const values = new Set<number>();
  let largest = 0;
  for (const value of image.data) {
    if (value === 0) continue;
    values.add(value);
    if (value > largest) largest = value;
  }
  const classes = largest <= 32 && maxValue(image) > 32;
  return classes ? 0 : Math.max(0, values.size - 1);
}

function factsOf({ data, width, height }: Mask): Pick<MaskFeatures, 'share' | 'atBorder' | 'regions' | 'print'> {
  let count = 0;
  let atBorder = false;
  let [first, second] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    count++;
    first = Math.imul(first ^ i, 0x01000193);
    second = Math.imul(second + i, 0x9e3779b1) ^ (second >>> 15);
    const x = i % width;
    atBorder ||= x === 0 || x === width - 1 || i < width || i >= data.length - width;
  }
  const print = count === 0 ? '' : `${width}×${height} ${count} ${first >>> 0} ${second >>> 0}`;
  return { share: count / data.length, atBorder, regions: regionsOf({ data, width, height }), print };
}

function regionsOf({ data, width, height }: Mask): MaskRegion[] {
  const regions: MaskRegion[] = [];
  const seen = new Uint8Array(data.length);
  const open: number[] = [];
  for (let start = 0; start < data.length; start++) {
    if (data[start] === 0 || seen[start] === 1) continue;
    seen[start] = 1;
    open.push(start);
    let [area, top, bottom, left, right] = [0, height, 0, width, 0];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const [y, x] = [Math.floor(at / width), at % width];
      area++;
      [top, bottom, left, right] = [Math.min(top, y), Math.max(bottom, y), Math.min(left, x), Math.max(right, x)];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const next = v * width + u;
          if (data[next] === 0 || seen[next] === 1) continue;
          seen[next] = 1;
          open.push(next);
        }
      }
    }
    regions.push({ area, height: (bottom - top + 1) / height, width: (right - left + 1) / width });
  }
  return regions.sort((a, b) => b.area - a.area);
}
