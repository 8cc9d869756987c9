import { assertInteger, type NdArray } from '@adlib/core';
import { assertView } from './plane.js';
import { meanOfLargest } from './select.js';

/**
 * Image score from a map: the mean of its `k` largest values. `k = 1` is the maximum, `k` = all values the mean.
 *
 * @param map - any shape, at least `k` values; not modified
 * @param k - how many values, an integer >= 1
 * @returns the mean, in the map's units; NaN if the map holds a NaN (which a threshold calls defective)
 * @throws TypeError or RangeError if `map` is no view or empty, or `k` is not in `[1, number of values]`
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { topKMean } from '@adlib/scores';
 * console.log(topKMean(ndarray(new Float32Array([1, 5, 2, 0, 1, 3]), [2, 3]), 2)); // 4
 * ```
 */
export function topKMean(map: NdArray, k: number): number {
  assertView('topKMean', 'map', map);
  const n = map.shape.reduce((product, side) => product * side, 1);
  assertInteger('topKMean', 'k', k, 1, n);
  return meanOfLargest('topKMean', map, k);
}
