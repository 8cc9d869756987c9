import { toRowMajor, type NdArray } from '@adlib/core';
import { assertView } from './plane.js';

/**
 * Image score from a map: its largest value.
 *
 * @param map - any shape, at least one value; not modified
 * @returns the maximum, in the map's units; NaN if the map holds a NaN (which a threshold calls defective)
 * @throws TypeError or RangeError if `map` is not a view of a typed array or is empty
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { maxScore } from '@adlib/scores';
 * console.log(maxScore(ndarray(new Float32Array([1, 5, 2, 0, 1, 1]), [2, 3]))); // 5
 * ```
 */
export function maxScore(map: NdArray): number {
  assertView('maxScore', 'map', map);
  const data = toRowMajor(map);
  let max = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const v = data[i]!;
    if (v > max) max = v;
    else if (v !== v) return NaN;
  }
  return max;
}
