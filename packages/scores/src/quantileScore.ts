import { assertFinite, type NdArray } from '@adlib/core';
import { copyValues, quickSelect } from './select.js';

/**
 * Image score from a map: a quantile of its values, interpolated linearly between neighbours (as `numpy.quantile`).
 *
 * @param map - any shape, at least one value; not modified
 * @param q - which quantile, in [0, 1]; 1 is the maximum
 * @returns the quantile, in the map's units; NaN if the map holds a NaN (which a threshold calls defective)
 * @throws TypeError or RangeError if `map` is no view or empty, or `q` is not in [0, 1]
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { quantileScore } from '@adlib/scores';
 * console.log(quantileScore(ndarray(new Float32Array([1, 5, 2, 0, 1, 3]), [2, 3]), 0.5)); // 1.5
 * ```
 * @see numpy.quantile, method `linear` (Hyndman and Fan 1996, definition 7)
 */
export function quantileScore(map: NdArray, q: number): number {
  const { values, hasNaN } = copyValues('quantileScore', map);
  assertFinite('quantileScore', 'q', q, 0, 1);
  if (hasNaN) return NaN;
  const position = (values.length - 1) * q;
  const below = Math.floor(position);
  const low = quickSelect(values, below);
  const share = position - below;
  if (share === 0) return low;
  let high = Infinity;
  for (let i = below + 1; i < values.length; i++) high = Math.min(high, values[i]!);
  return low === high ? low : low + share * (high - low);
}
