import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  ndarray,
  type AnomalyMap,
  type NdArray,
} from '@adlib/core';
import { toPlane } from './plane.js';
import { enlarge } from './pyramid.js';

/** Options of {@link upsampleMap}. */
export interface UpsampleMapOptions {
  /** Linear interpolation, or the nearest value. @defaultValue 'bilinear' */
  method?: 'bilinear' | 'nearest';
  /** For `bilinear`: whether the centres of the corner values stay in place (PyTorch's `align_corners`). @defaultValue false */
  alignCorners?: boolean;
}

/**
 * Brings a coarse map to the size of the image, as `torch.nn.functional.interpolate`: bilinear on half-pixel centres,
 * bilinear with aligned corners, or nearest (`floor(i · from / to)`). No smoothing when it makes a map smaller.
 *
 * @param map - shape `[height, width]`; not modified
 * @param size - `[height, width]` wanted, in pixels
 * @param options - see {@link UpsampleMapOptions}
 * @returns a new float32 map of that size, in the same units; a NaN spreads to the pixels interpolated from it
 * @throws TypeError or RangeError if the map is empty or not two-dimensional, or a size is not a positive integer
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { upsampleMap } from '@adlib/scores';
 * console.log(upsampleMap(ndarray(new Float32Array([0, 1]), [1, 2]), [1, 4]).data); // 0, 0.25, 0.75, 1
 * ```
 * @see torch.nn.functional.interpolate
 */
export function upsampleMap(
  map: NdArray,
  size: readonly [number, number],
  options: UpsampleMapOptions = {},
): AnomalyMap {
  const { method = 'bilinear', alignCorners = false } = options;
  assertKnownOptions('upsampleMap', options, ['method', 'alignCorners']);
  assertOneOf('upsampleMap', 'method', method, ['bilinear', 'nearest']);
  if (!Array.isArray(size) || size.length !== 2) {
    throw new TypeError(argumentMessage('upsampleMap', 'size', '[height, width]', size));
  }
  const [height, width] = size as [number, number];
  assertInteger('upsampleMap', 'size[0]', height, 1, 1e6);
  assertInteger('upsampleMap', 'size[1]', width, 1, 1e6);
  const plane = toPlane('upsampleMap', 'map', map);
  if (method === 'bilinear') {
    const level = { data: new Float64Array(plane.data), size: [plane.height, plane.width] as const };
    return ndarray(new Float32Array(enlarge(level, [height, width], alignCorners)), [height, width]);
  }
  const out = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * plane.height) / height) * plane.width;
    for (let x = 0; x < width; x++) out[y * width + x] = plane.data[row + Math.floor((x * plane.width) / width)]!;
  }
  return ndarray(out, [height, width]);
}
