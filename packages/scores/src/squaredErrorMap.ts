import { ndarray, type AnomalyMap, type Image } from '@adlib/core';
import { assertPair, unitScale } from './pair.js';

/**
 * Squared error per pixel, `mean_c (x_c - y_c)²`, on values scaled to 0..1.
 *
 * @param image - the image, 8 bit, 16 bit or float
 * @param reconstruction - its reconstruction, of the same size; it may have another kind of data (each is scaled to 0..1)
 * @returns a new map `[height, width]`; in [0, 1] for 8 and 16 bit; NaN where a float image holds NaN
 * @throws TypeError or RangeError if the images are not well-formed or differ in size
 * @example
 * ```ts
 * import { squaredErrorMap } from '@adlib/scores';
 * const image = { data: new Uint8Array([0, 255]), width: 2, height: 1, channels: 1 } as const;
 * const reconstruction = { ...image, data: new Float32Array([0.5, 1]) };
 * console.log(squaredErrorMap(image, reconstruction).data); // 0.25, 0
 * ```
 */
export function squaredErrorMap(image: Image, reconstruction: Image): AnomalyMap {
  assertPair('squaredErrorMap', image, reconstruction);
  return squaredErrors(image, reconstruction).map;
}

/**
 * The map and the mean over all values of it before they are rounded to float32.
 *
 * @param image - the image
 * @param reconstruction - its reconstruction, checked to be of the same size
 * @returns a new map and the mean
 */
export function squaredErrors(image: Image, reconstruction: Image): { map: AnomalyMap; mean: number } {
  const { width, height, channels, data: x } = image;
  const y = reconstruction.data;
  const a = unitScale(image);
  const b = unitScale(reconstruction);
  const out = new Float32Array(height * width);
  let total = 0;
  if (channels === 1) {
    for (let p = 0; p < out.length; p++) {
      const d = x[p]! * a - y[p]! * b;
      out[p] = d * d;
      total += d * d;
    }
  } else {
    for (let p = 0, i = 0; p < out.length; p++, i += 3) {
      const d = x[i]! * a - y[i]! * b;
      const e = x[i + 1]! * a - y[i + 1]! * b;
      const f = x[i + 2]! * a - y[i + 2]! * b;
      const sum = d * d + e * e + f * f;
      out[p] = sum / 3;
      total += sum;
    }
  }
  return { map: ndarray(out, [height, width]), mean: total / x.length };
}
