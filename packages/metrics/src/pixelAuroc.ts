import type { Maps } from './maps.js';
import { accumulate } from './pixelAccumulator.js';

/**
 * Area under the ROC curve over all pixels of all maps, exact: the share of (defective, good) pixel pairs in which the
 * defective pixel scores higher, a tie counting half. Pixels are pooled: it is not the mean of the images' values.
 *
 * @param maps - maps with their masks, of any sizes, in memory or read one at a time; not modified; memory as of
 *   {@link PixelAccumulator}, which also gives several figures for one pass
 * @returns a number in [0, 1]; NaN when no pixel is good or none is defective
 * @throws TypeError or RangeError if a map or mask is not well-formed, their sizes differ, or a score is NaN
 * @example
 * ```ts
 * import { pixelAuroc } from '@adlib/metrics';
 * const map = { data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 };
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * console.log(await pixelAuroc([{ map, mask }])); // 0.875
 * ```
 * @see Bergmann et al., "The MVTec anomaly detection dataset", IJCV 129, 2021, section 5
 */
export async function pixelAuroc(maps: Maps): Promise<number> {
  return (await accumulate(maps, {})).auroc();
}
