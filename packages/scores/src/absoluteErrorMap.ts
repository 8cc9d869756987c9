import { ndarray, type AnomalyMap, type Image } from '@adlib/core';
import { assertPair, unitScale } from './pair.js';

/**
 * Absolute error per pixel, `mean_c |x_c - y_c|`, on values scaled to 0..1.
 *
 * @param image - the image, 8 bit, 16 bit or float
 * @param reconstruction - its reconstruction, of the same size; it may have another kind of data (each is scaled to 0..1)
 * @returns a new map `[height, width]`; in [0, 1] for 8 and 16 bit; NaN where a float image holds NaN
 * @throws TypeError or RangeError if the images are not well-formed or differ in size
 * @example
 * ```ts
 * import { absoluteErrorMap } from '@adlib/scores';
 * const image = { data: new Uint8Array([0, 255]), width: 2, height: 1, channels: 1 } as const;
 * const reconstruction = { ...image, data: new Float32Array([0.5, 1]) };
 * console.log(absoluteErrorMap(image, reconstruction).data); // 0.5, 0
 * ```
 */
export function absoluteErrorMap(image: Image, reconstruction: Image): AnomalyMap {
  assertPair('absoluteErrorMap', image, reconstruction);
  const { width, height, channels, data: x } = image;
  const y = reconstruction.data;
  const a = unitScale(image);
  const b = unitScale(reconstruction);
  const out = new Float32Array(height * width);
  for (let p = 0, i = 0; p < out.length; p++) {
    let sum = 0;
    for (let c = 0; c < channels; c++, i++) sum += Math.abs(x[i]! * a - y[i]! * b);
    out[p] = sum / channels;
  }
  return ndarray(out, [height, width]);
}
