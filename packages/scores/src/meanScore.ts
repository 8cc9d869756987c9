import { toRowMajor, type NdArray } from '@adlib/core';
import { assertView } from './plane.js';

/**
 * Image score from a map: the mean of its values, summed in float64.
 *
 * @param map - any shape, at least one value; not modified
 * @returns the mean, in the map's units; NaN if the map holds a NaN (which a threshold calls defective)
 * @throws TypeError or RangeError if `map` is not a view of a typed array or is empty
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { meanScore } from '@adlib/scores';
 * console.log(meanScore(ndarray(new Float32Array([1, 5, 2, 0, 1, 3]), [2, 3]))); // 2
 * ```
 */
export function meanScore(map: NdArray): number {
  assertView('meanScore', 'map', map);
  const data = toRowMajor(map);
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  return sum / data.length;
}
