import { assertFinite, assertKnownOptions, assertOneOf, ndarray, type AnomalyMap, type NdArray } from '@adlib/core';
import { borders, type Border } from './border.js';
import { correlate } from './correlate.js';
import { gaussianKernel } from './gaussianKernel.js';
import { toPlane } from './plane.js';

/** Options of {@link gaussianSmooth}. */
export interface GaussianSmoothOptions {
  /** Standard deviation in pixels of the map; 0 leaves the map as it is. @defaultValue 4 */
  sigma?: number;
  /** Where the kernel is cut off, in standard deviations. @defaultValue 4 */
  truncate?: number;
  /** What lies beyond the edges. `mirror` is what anomalib does. @defaultValue 'reflect', as `scipy.ndimage` */
  border?: Border;
  /** The constant of `border: 'constant'`. @defaultValue 0 */
  value?: number;
}

/**
 * Smooths an anomaly map with a Gaussian, both axes, kernel of {@link gaussianKernel}.
 *
 * The defaults are those of `scipy.ndimage.gaussian_filter(map, 4)`, which the published PaDiM and PatchCore code calls.
 * With `border: 'mirror'` it is anomalib's blur: the kernel is the same, only the border differs.
 *
 * @param map - shape `[height, width]`, any size (also smaller than the kernel); not modified
 * @param options - see {@link GaussianSmoothOptions}
 * @returns a new float32 map of the same shape and units; a NaN or infinite value spreads over the reach of the kernel
 * @throws TypeError or RangeError if the map is empty or not two-dimensional, or an option is out of range
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { gaussianSmooth } from '@adlib/scores';
 * const map = ndarray(new Float32Array(35), [5, 7]);
 * map.set(2, 3, 1);
 * console.log(gaussianSmooth(map, { sigma: 1 }).get(2, 3)); // 0.159...
 * ```
 * @see scipy.ndimage.gaussian_filter; anomalib `GaussianBlur2d`
 */
export function gaussianSmooth(map: NdArray, options: GaussianSmoothOptions = {}): AnomalyMap {
  const { sigma = 4, truncate = 4, border = 'reflect', value = 0 } = options;
  assertKnownOptions('gaussianSmooth', options, ['sigma', 'truncate', 'border', 'value']);
  assertOneOf('gaussianSmooth', 'border', border, borders);
  assertFinite('gaussianSmooth', 'sigma', sigma, 0, 1e6);
  assertFinite('gaussianSmooth', 'truncate', truncate, 0, 1e3);
  assertFinite('gaussianSmooth', 'value', value);
  const { data, height, width } = toPlane('gaussianSmooth', 'map', map);
  const kernel = gaussianKernel(sigma, { truncate });
  const out = new Float32Array(height * width);
  return ndarray(correlate(data, [height, width], [kernel, kernel], out, border, value), [height, width]);
}
