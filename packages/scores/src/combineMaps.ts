import {
  argumentMessage,
  assertFinite,
  assertKnownOptions,
  assertLength,
  assertOneOf,
  ndarray,
  type AnomalyMap,
  type NdArray,
} from '@adlib/core';
import { normalizeMap, type MapNormalizer } from './mapNormalizer.js';
import { toPlane } from './plane.js';

/** Options of {@link combineMaps}. */
export interface CombineMapsOptions {
  /** Weighted mean, largest value, or product of the values (values under 0 count as 0 there). @defaultValue 'mean' */
  method?: 'mean' | 'max' | 'product';
  /** One normaliser per map, from {@link fitMapNormalizer}; without them maps are taken as they are. */
  normalizers?: readonly MapNormalizer[];
  /** Weight of each map in the mean, >= 0, not all 0. @defaultValue 1 each */
  weights?: readonly number[];
}

/**
 * Makes one map of several of the same image.
 *
 * @param maps - at least one, all of one shape `[height, width]`; not modified
 * @param options - see {@link CombineMapsOptions}
 * @returns a new map; NaN where one of the maps is NaN
 * @throws TypeError or RangeError if shapes differ or the number of normalisers or weights does not fit
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { combineMaps } from '@adlib/scores';
 * const a = ndarray(new Float32Array([1, 2]), [1, 2]);
 * const b = ndarray(new Float32Array([3, 0]), [1, 2]);
 * console.log(combineMaps([a, b], { method: 'max' }).data); // 3, 2
 * ```
 */
export function combineMaps(maps: readonly NdArray[], options: CombineMapsOptions = {}): AnomalyMap {
  const { method = 'mean', normalizers, weights } = options;
  assertKnownOptions('combineMaps', options, ['method', 'normalizers', 'weights']);
  assertOneOf('combineMaps', 'method', method, ['mean', 'max', 'product']);
  if (!Array.isArray(maps) || maps.length === 0) {
    throw new TypeError(argumentMessage('combineMaps', 'maps', 'an array of at least one map', maps));
  }
  if (normalizers !== undefined) assertLength('combineMaps', 'normalizers', normalizers, maps.length, 'one per map');
  const share = checkWeights(weights, maps.length, method);
  const planes = maps.map((map: NdArray, i) => {
    const plane = toPlane('combineMaps', `maps[${i}]`, map);
    return normalizers === undefined ? plane : { ...plane, data: normalizeMap(map, normalizers[i]!).data };
  });
  const { height, width } = planes[0]!;
  planes.forEach((plane, i) => {
    if (plane.height !== height || plane.width !== width) {
      throw new RangeError(
        `combineMaps: maps[${i}] must have the shape of maps[0] (${height}×${width}), got ${plane.height}×${plane.width}. Try upsampleMap().`,
      );
    }
  });
  const out = new Float32Array(height * width);
  for (let p = 0; p < out.length; p++) {
    let value = method === 'mean' ? 0 : method === 'max' ? -Infinity : 1;
    for (let i = 0; i < planes.length; i++) {
      const v = planes[i]!.data[p]!;
      if (method === 'mean') value += share[i]! * v;
      else if (method === 'max') value = Math.max(value, v);
      else value *= Math.max(v, 0);
    }
    out[p] = value;
  }
  return ndarray(out, [height, width]);
}

function checkWeights(weights: readonly number[] | undefined, n: number, method: string): Float64Array {
  if (weights === undefined) return new Float64Array(n).fill(1 / n);
  if (method !== 'mean') {
    throw new RangeError(argumentMessage('combineMaps', 'weights', "absent unless method is 'mean'", weights));
  }
  assertLength('combineMaps', 'weights', weights, n, 'one per map');
  weights.forEach((w, i) => assertFinite('combineMaps', `weights[${i}]`, w, 0));
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) throw new RangeError(argumentMessage('combineMaps', 'weights', 'not all 0', weights));
  return Float64Array.from(weights, (w) => w / sum);
}
