import { assertFinite, assertKnownOptions, assertOneOf, ndarray, type Image } from '@adlib/core';
import { assertPair } from './pair.js';
import { forEachEnlargedRow, type Level } from './pyramid.js';
import { toPlanes, type SimilarityResult } from './similarityOptions.js';

/** Options of {@link gmsd}. */
export interface GmsdOptions {
  /** Constant c on the scale 0..1. @defaultValue 170 / 255² = 0.00261 */
  c?: number;
  /** How the local similarity becomes one number: its standard `deviation` (GMSD), or its `mean` (GMSM). @defaultValue 'deviation' */
  pooling?: 'deviation' | 'mean';
  /** Whether the images are halved first (mean of 2×2), as published. @defaultValue true */
  downsample?: boolean;
}

/**
 * Gradient magnitude similarity: `GMS = (2 m₁ m₂ + c) / (m₁² + m₂² + c)` of the Prewitt gradient magnitudes of the grey
 * images. Its standard deviation over the image is GMSD, its mean GMSM.
 *
 * @param image - the image, 8 bit, 16 bit or float, taken to 0..1 and to grey
 * @param reconstruction - what is compared with it, of the same size
 * @param options - see {@link GmsdOptions}
 * @returns `score`: the deviation, or `1 - mean`; `similarity = 1 - score`; the map `1 - GMS` at the image's size. Equal
 *   images have score 0. A NaN in a float image gives NaN
 * @throws TypeError or RangeError if the images are not well-formed or differ in size, or an option is wrong
 * @example
 * ```ts
 * import { gmsd } from '@adlib/scores';
 * const image = { data: new Uint8Array(96).map((_, i) => i * 2), width: 12, height: 8, channels: 1 } as const;
 * console.log(gmsd(image, image).score); // 0
 * ```
 * @see Xue, Zhang, Mou, Bovik, "Gradient Magnitude Similarity Deviation", IEEE TIP 2014, eqs. 4 to 6
 */
export function gmsd(image: Image, reconstruction: Image, options: GmsdOptions = {}): SimilarityResult {
  const { c = 170 / 255 ** 2, pooling = 'deviation', downsample = true } = options;
  assertKnownOptions('gmsd', options, ['c', 'pooling', 'downsample']);
  assertFinite('gmsd', 'c', c, 1e-12, 1e12);
  assertOneOf('gmsd', 'pooling', pooling, ['deviation', 'mean']);
  assertPair('gmsd', image, reconstruction);
  const size = [image.height, image.width] as const;
  const toLevel = (i: Image): Level => {
    const level: Level = { data: toPlanes(i, 'grey')[0]!, size };
    return downsample ? halveZeroPadded(level) : level;
  };
  const a = toLevel(image);
  const m1 = prewittMagnitude(a);
  const m2 = prewittMagnitude(toLevel(reconstruction));
  const gms = new Float64Array(m1.length);
  let sum = 0;
  for (let i = 0; i < gms.length; i++) {
    const u = m1[i]!;
    const v = m2[i]!;
    gms[i] = (2 * u * v + c) / (u * u + v * v + c);
    sum += gms[i]!;
  }
  const mean = sum / gms.length;
  let squares = 0;
  for (let i = 0; i < gms.length; i++) squares += (gms[i]! - mean) * (gms[i]! - mean);
  const score = pooling === 'mean' ? 1 - mean : Math.sqrt(squares / gms.length);
  const map = new Float32Array(size[0] * size[1]);
  forEachEnlargedRow({ data: gms, size: a.size }, size, (row, line) => {
    const at = row * size[1];
    for (let i = 0; i < line.length; i++) map[at + i] = 1 - line[i]!;
  });
  return { similarity: 1 - score, score, map: ndarray(map, size) };
}

/** Mean of 2×2 blocks; beyond an odd edge lie zeros, as in the authors' `conv2(..., 'same')`. */
function halveZeroPadded({ data, size: [height, width] }: Level): Level {
  const h = Math.ceil(height / 2);
  const w = Math.ceil(width / 2);
  const out = new Float64Array(h * w);
  for (let y = 0; y < height; y++) {
    const to = (y >> 1) * w;
    const from = y * width;
    for (let x = 0; x + 1 < width; x += 2) out[to + (x >> 1)]! += (data[from + x]! + data[from + x + 1]!) / 4;
    if (width % 2 === 1) out[to + w - 1]! += data[from + width - 1]! / 4;
  }
  return { data: out, size: [h, w] };
}

/** Gradient magnitude with kernels [[1, 0, -1], [1, 0, -1], [1, 0, -1]] / 3 and its transpose; zeros beyond the edges. */
function prewittMagnitude({ data, size: [height, width] }: Level): Float64Array {
  const stride = width + 2;
  const padded = new Float64Array((height + 2) * stride);
  for (let y = 0; y < height; y++) padded.set(data.subarray(y * width, (y + 1) * width), (y + 1) * stride + 1);
  const out = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + x;
      const mid = at + stride;
      const low = mid + stride;
      const corners = padded[at]! - padded[low + 2]!;
      const others = padded[at + 2]! - padded[low]!;
      const gx = corners - others + padded[mid]! - padded[mid + 2]!;
      const gy = corners + others + padded[at + 1]! - padded[low + 1]!;
      out[y * width + x] = Math.sqrt(gx * gx + gy * gy) / 3;
    }
  }
  return out;
}
