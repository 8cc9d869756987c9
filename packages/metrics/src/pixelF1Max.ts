import type { F1Max } from './f1Max.js';
import type { Maps } from './maps.js';
import { accumulate } from './pixelAccumulator.js';

/**
 * Best F1 over all pixels and all thresholds, `F1 = 2 TP / (2 TP + FP + FN)`, exact. It looks at the masks it is measured
 * on: an upper bound.
 *
 * @param maps - maps with their masks, of any sizes, in memory or read one at a time; not modified; memory as of
 *   {@link PixelAccumulator}, which also gives several figures for one pass
 * @returns the best F1 and the threshold that just flags its lowest pixel (the next float32 below that pixel's score); of
 *   several best thresholds the highest; every field NaN when no pixel is defective
 * @throws TypeError or RangeError if a map or mask is not well-formed, their sizes differ, or a score is NaN
 * @example
 * ```ts
 * import { pixelF1Max } from '@adlib/metrics';
 * const map = { data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 };
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * console.log((await pixelF1Max([{ map, mask }])).f1); // 0.8
 * ```
 */
export async function pixelF1Max(maps: Maps): Promise<F1Max> {
  return (await accumulate(maps, {})).f1Max();
}
