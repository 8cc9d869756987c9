import { assertKnownOptions } from '@adlib/core';
import type { Connectivity } from './connectedRegions.js';
import type { ProCurve } from './gridFigures.js';
import type { Maps } from './maps.js';
import { accumulate } from './pixelAccumulator.js';

/** Options of {@link proCurve}. */
export interface ProCurveOptions {
  /** Which neighbours of a mask belong to one region. @defaultValue 8 */
  connectivity?: Connectivity;
}

/**
 * Per-region-overlap curve, exact over all thresholds: `FPR(t)` = share of pixels outside every region that score above
 * `t`, `PRO(t)` = mean over the regions `C` of all masks of `|{score > t} and C| / |C|`. Points on a straight line between
 * their neighbours are left out, which changes no area.
 *
 * @param maps - maps with their masks, of any sizes, in memory or read one at a time; not modified; memory as of
 *   {@link PixelAccumulator}, which also gives several figures for one pass
 * @param options - which pixels make a region
 * @returns new arrays, at most two points per distinct score of a defective pixel, (0, 0) first and (1, 1) last; `fpr` is
 *   NaN throughout when no pixel is good, `pro` when there is no region
 * @throws TypeError or RangeError if a map or mask is not well-formed, their sizes differ, or a score is NaN
 * @example
 * ```ts
 * import { proCurve } from '@adlib/metrics';
 * const map = { data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 };
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * const { fpr, pro } = await proCurve([{ map, mask }]);
 * console.log([...fpr], [...pro]); // [0, 0, 0.25, 0.25, 1] [0, 0.5, 0.5, 1, 1]
 * ```
 * @see Bergmann et al., "The MVTec anomaly detection dataset", IJCV 129, 2021, section 5.1
 */
export async function proCurve(maps: Maps, options: ProCurveOptions = {}): Promise<ProCurve> {
  assertKnownOptions('proCurve', options, ['connectivity']);
  return (await accumulate(maps, options)).proCurve();
}
