import type { IouMax } from './gridFigures.js';
import type { Maps } from './maps.js';
import { accumulate } from './pixelAccumulator.js';

/**
 * Best intersection over union of flagged and defective pixels over all thresholds, `IoU = TP / (TP + FP + FN)`, pixels
 * of all maps pooled, exact. It looks at the masks it is measured on: an upper bound.
 *
 * @param maps - maps with their masks, of any sizes, in memory or read one at a time; not modified; memory as of
 *   {@link PixelAccumulator}, which also gives several figures for one pass
 * @returns the best IoU and the threshold that just flags its lowest pixel; of several best thresholds the highest; both
 *   NaN when no pixel is defective
 * @throws TypeError or RangeError if a map or mask is not well-formed, their sizes differ, or a score is NaN
 * @example
 * ```ts
 * import { iouMax } from '@adlib/metrics';
 * const map = { data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 };
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * console.log((await iouMax([{ map, mask }])).iou); // 0.666...
 * ```
 */
export async function iouMax(maps: Maps): Promise<IouMax> {
  return (await accumulate(maps, {})).iouMax();
}
