import type { Maps } from './maps.js';
import { accumulate } from './pixelAccumulator.js';

/**
 * Average precision over all pixels of all maps, exact: `AP = sum over k of (R_k - R_{k-1}) P_k`, tied scores grouped.
 *
 * @param maps - maps with their masks, of any sizes, in memory or read one at a time; not modified; memory as of
 *   {@link PixelAccumulator}, which also gives several figures for one pass
 * @returns a number in (0, 1]; 1 when every pixel is defective; NaN when none is
 * @throws TypeError or RangeError if a map or mask is not well-formed, their sizes differ, or a score is NaN
 * @example
 * ```ts
 * import { pixelAveragePrecision } from '@adlib/metrics';
 * const map = { data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 };
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * console.log(await pixelAveragePrecision([{ map, mask }])); // 0.8333...
 * ```
 * @see scikit-learn, `average_precision_score`
 */
export async function pixelAveragePrecision(maps: Maps): Promise<number> {
  return (await accumulate(maps, {})).averagePrecision();
}
