import { assertKnownOptions } from '@adlib/core';
import type { Connectivity } from './connectedRegions.js';
import { assertFprLimit } from './gridFigures.js';
import type { Maps } from './maps.js';
import { accumulate } from './pixelAccumulator.js';

/** Options of {@link aupro}. */
export interface AuproOptions {
  /** False-positive rate up to which the curve counts, in (0, 1]. @defaultValue 0.3 */
  fprLimit?: number;
  /** Which neighbours of a mask belong to one region. @defaultValue 8 */
  connectivity?: Connectivity;
}

/**
 * Area under the per-region-overlap curve from FPR 0 to `fprLimit`, divided by `fprLimit`, exact over all thresholds:
 * trapezoids, cut at the limit by linear interpolation. This is the definition of MVTec's own evaluation. Every region
 * counts the same, however small. See {@link proCurve} for the curve.
 *
 * @param maps - maps with their masks, of any sizes, in memory or read one at a time; good images belong in, they bring
 *   false positives; not modified; memory as of {@link PixelAccumulator}, which also gives several figures for one pass
 * @param options - limit of the false-positive rate; which pixels make a region
 * @returns a number in [0, 1]; NaN when no pixel is good or there is no region
 * @throws TypeError or RangeError if a map or mask is not well-formed, their sizes differ, a score is NaN, or `fprLimit` is
 *   not in (0, 1]
 * @example
 * ```ts
 * import { aupro } from '@adlib/metrics';
 * const map = { data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 };
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * console.log(await aupro([{ map, mask }])); // 0.583...
 * ```
 * @see Bergmann et al., "The MVTec anomaly detection dataset", IJCV 129, 2021, section 5.1
 */
export async function aupro(maps: Maps, options: AuproOptions = {}): Promise<number> {
  const { fprLimit = 0.3, ...regions } = options;
  assertKnownOptions('aupro', options, ['fprLimit', 'connectivity']);
  assertFprLimit('aupro', fprLimit);
  return (await accumulate(maps, regions)).aupro({ fprLimit });
}
