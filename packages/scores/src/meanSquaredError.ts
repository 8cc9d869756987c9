import type { Image } from '@adlib/core';
import { unitScale } from './pair.js';
import { squaredErrors } from './squaredErrorMap.js';
import { asFloat32, openRows } from './workspace.js';

/** Values that are compared at a time, a multiple of 16: few calls, and what is copied stays in the processor's cache. */
const BLOCK = 65536;

/**
 * Mean of `(x - y)²` over all values on the scale 0..1. Images of one kind are compared in float32 (relative error at most
 * 3e-7; 8 bit: exact sums), others in float64.
 *
 * @param image - the image
 * @param reconstruction - its reconstruction, checked to be of the same size
 * @param plain - whether to do without WebAssembly
 * @returns the mean; NaN if an image holds a NaN
 */
export function meanSquaredError(image: Image, reconstruction: Image, plain = false): number {
  const scale = unitScale(image);
  if (scale === unitScale(reconstruction)) {
    const mean = sumOfSquares(image.data, reconstruction.data, plain) / image.data.length;
    // Nearer to the ends of float32 the squares may have left its range.
    if (mean > 1e-24 && mean < 1e24) return mean * scale * scale;
  }
  return squaredErrors(image, reconstruction).mean;
}

function sumOfSquares(x: Image['data'], y: Image['data'], plain: boolean): number {
  const block = Math.min(BLOCK, 16 * Math.ceil(x.length / 16));
  const { rows, math } = openRows([block / 2, block / 2], plain);
  const [a, b] = rows.map(asFloat32) as [Float32Array, Float32Array];
  let sum = 0;
  for (let start = 0; start < x.length; start += block) {
    const end = Math.min(start + block, x.length);
    a.set(x.subarray(start, end));
    b.set(y.subarray(start, end));
    if (end - start < block) {
      a.fill(0, end - start);
      b.fill(0, end - start);
    }
    sum += math.squaredDifferences(a, b);
  }
  return sum;
}
