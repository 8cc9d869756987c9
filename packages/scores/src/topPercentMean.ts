import { assertFinite, type NdArray } from '@adlib/core';
import { assertView } from './plane.js';
import { meanOfLargest } from './select.js';

/**
 * Image score from a map: the mean of its largest `percent` % of values, `k = max(1, ceil(n · percent / 100))`. Unlike
 * {@link topKMean} it does not depend on the size of the map.
 *
 * @param map - any shape, at least one value; not modified
 * @param percent - share of the values, in [0, 100]; 0 is the maximum, 100 the mean
 * @returns the mean, in the map's units; NaN if the map holds a NaN (which a threshold calls defective)
 * @throws TypeError or RangeError if `map` is no view or empty, or `percent` is not in [0, 100]
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { topPercentMean } from '@adlib/scores';
 * console.log(topPercentMean(ndarray(new Float32Array([1, 5, 2, 0, 1, 3]), [2, 3]), 50)); // 3.33...
 * ```
 */
export function topPercentMean(map: NdArray, percent: number): number {
  assertView('topPercentMean', 'map', map);
  assertFinite('topPercentMean', 'percent', percent, 0, 100);
  // The small term keeps rounding of the product from adding a value: 1000 · 0.7 / 100 is 7, not 8.
  const n = map.shape.reduce((product, side) => product * side, 1);
  return meanOfLargest('topPercentMean', map, Math.max(1, Math.ceil((n * percent) / 100 - 1e-9)));
}
