import { assertFinite, assertKnownOptions, assertOneOf, ndarray, type Image } from '@adlib/core';
import { assertPair } from './pair.js';
import { gradientMagnitude, prewitt } from './gradient.js';
import { returnPlanes } from './planePool.js';
import { toPlanes } from './planes.js';
import { forEachEnlargedRow, halve, type Level } from './pyramid.js';
import { lazyResult, type SimilarityResult } from './similarityOptions.js';

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
 * @returns `score`: the deviation, or `1 - mean`; `similarity = 1 - score`; the map `1 - GMS` at the image's size, made when
 *   it is first read. Equal images have score 0. A NaN in a float image gives NaN
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
  const gradientOf = (of: Image): Level => {
    const grey = { data: toPlanes(of, 'grey')[0]!, size };
    const level = downsample ? halve(grey, 'zeros') : grey;
    const data = gradientMagnitude(level, prewitt);
    returnPlanes(grey.data, ...(downsample ? [level.data] : []));
    return { data, size: level.size };
  };
  const gms = gradientOf(image);
  const other = gradientOf(reconstruction).data;
  let sum = 0;
  for (let i = 0; i < other.length; i++) {
    const u = gms.data[i]!;
    const v = other[i]!;
    const similarity = (2 * u * v + c) / (u * u + v * v + c);
    gms.data[i] = similarity;
    sum += similarity;
  }
  returnPlanes(other);
  const mean = sum / gms.data.length;
  let squares = 0;
  for (let i = 0; i < gms.data.length; i++) squares += (gms.data[i]! - mean) * (gms.data[i]! - mean);
  const score = pooling === 'mean' ? 1 - mean : Math.sqrt(squares / gms.data.length);
  return lazyResult(1 - score, score, () => {
    const map = new Float32Array(size[0] * size[1]);
    forEachEnlargedRow(gms, size, (row, line) => {
      const at = row * size[1];
      for (let i = 0; i < line.length; i++) map[at + i] = 1 - line[i]!;
    });
    return ndarray(map, size);
  });
}
