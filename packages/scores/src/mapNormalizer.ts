import {
  argumentMessage,
  assertKnownOptions,
  assertOneOf,
  ndarray,
  toRowMajor,
  type AnomalyMap,
  type NdArray,
} from '@adlib/core';
import { assertView, toPlane } from './plane.js';
import { quickSelect } from './select.js';

/** How to bring maps to a common scale: `(v - offset) / scale`; plain JSON. */
export interface MapNormalizer {
  /** Subtracted first, in the map's units. */
  readonly offset: number;
  /** Divided by then, in the map's units, > 0. */
  readonly scale: number;
}

/** Options of {@link fitMapNormalizer}. */
export interface FitMapNormalizerOptions {
  /**
   * `standard`: mean and standard deviation; `minMax`: smallest and largest value; `robust`: median and the distance from
   * there to the 0.995 quantile. @defaultValue 'standard'
   */
  method?: 'standard' | 'minMax' | 'robust';
}

/**
 * Learns from maps of good images how to bring maps of the same kind to a scale that can be compared with others.
 *
 * @param maps - maps of good images, at least one; sizes may differ; not modified
 * @param options - see {@link FitMapNormalizerOptions}
 * @returns offset and scale; scale is 1 where the values do not vary
 * @throws TypeError or RangeError if there is no map, or a value is NaN or infinite
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { fitMapNormalizer } from '@adlib/scores';
 * const good = [ndarray(new Float32Array([1, 3, 2, 2]), [2, 2])];
 * console.log(fitMapNormalizer(good, { method: 'minMax' })); // { offset: 1, scale: 2 }
 * ```
 */
export function fitMapNormalizer(maps: readonly NdArray[], options: FitMapNormalizerOptions = {}): MapNormalizer {
  const { method = 'standard' } = options;
  assertKnownOptions('fitMapNormalizer', options, ['method']);
  assertOneOf('fitMapNormalizer', 'method', method, ['standard', 'minMax', 'robust']);
  if (!Array.isArray(maps) || maps.length === 0) {
    throw new TypeError(argumentMessage('fitMapNormalizer', 'maps', 'an array of at least one map', maps));
  }
  maps.forEach((map: NdArray, i) => assertView('fitMapNormalizer', `maps[${i}]`, map));
  const parts = maps.map((map: NdArray) => toRowMajor(map));
  const values = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  if (!values.every(Number.isFinite)) {
    throw new RangeError('fitMapNormalizer: maps must have finite values, got NaN or Infinity. Leave such maps out.');
  }
  const { offset, scale } = statistics[method](values);
  return { offset, scale: scale > 0 ? scale : 1 };
}

const statistics: Record<'standard' | 'minMax' | 'robust', (values: Float64Array) => MapNormalizer> = {
  standard(values) {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    return { offset: mean, scale: Math.sqrt(variance) };
  },
  minMax(values) {
    const min = values.reduce((a, b) => Math.min(a, b));
    return { offset: min, scale: values.reduce((a, b) => Math.max(a, b)) - min };
  },
  robust(values) {
    const median = quickSelect(values, Math.floor((values.length - 1) / 2));
    return { offset: median, scale: quickSelect(values, Math.ceil((values.length - 1) * 0.995)) - median };
  },
};

/**
 * Applies what {@link fitMapNormalizer} learned: `(v - offset) / scale`, not clamped.
 *
 * @param map - shape `[height, width]`; not modified
 * @param normalizer - offset and scale
 * @returns a new map, without units
 * @throws TypeError or RangeError if the map is not two-dimensional or the scale is not positive
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { normalizeMap } from '@adlib/scores';
 * console.log(normalizeMap(ndarray(new Float32Array([1, 5]), [1, 2]), { offset: 1, scale: 2 }).data); // 0, 2
 * ```
 */
export function normalizeMap(map: NdArray, normalizer: MapNormalizer): AnomalyMap {
  const { data, height, width } = toPlane('normalizeMap', 'map', map);
  const { offset, scale } = normalizer;
  if (!Number.isFinite(offset) || !(scale > 0) || scale === Infinity) {
    throw new RangeError(
      argumentMessage('normalizeMap', 'normalizer', '{ offset, scale } of finite numbers, scale > 0', normalizer),
    );
  }
  return ndarray(
    Float32Array.from(data, (v) => (v - offset) / scale),
    [height, width],
  );
}
