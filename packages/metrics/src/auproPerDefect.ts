import { assertKnownOptions } from '@adlib/core';
import type { AuproOptions } from './aupro.js';
import { assertFprLimit } from './gridFigures.js';
import type { Maps } from './maps.js';
import { accumulate } from './pixelAccumulator.js';

/** Options of {@link auproPerDefect}. */
export interface AuproPerDefectOptions extends AuproOptions {
  /** Group of the good images. @defaultValue 'good' */
  good?: string;
}

/**
 * AUPRO of each defect type by itself: over the regions of that type, with the false positives of its own images and of
 * the good ones.
 *
 * @param maps - maps with their masks and, as `group`, their defect type; of any sizes, in memory or read one at a time;
 *   not modified; memory as of {@link PixelAccumulator}
 * @param options - name of the good images, limit of the false-positive rate, connectivity
 * @returns a new object from defect type to AUPRO, see {@link aupro}; NaN for a type without a region
 * @throws TypeError or RangeError if a map or mask is not well-formed, their sizes differ, a score is NaN, or an option is
 *   out of range
 * @example
 * ```ts
 * import { auproPerDefect } from '@adlib/metrics';
 * const map = { data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 };
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * console.log(await auproPerDefect([{ map, group: 'good' }, { map, mask, group: 'scratch' }])); // { scratch: 0.416... }
 * ```
 * @see Bergmann et al., "The MVTec anomaly detection dataset", IJCV 129, 2021, section 5.1
 */
export async function auproPerDefect(maps: Maps, options: AuproPerDefectOptions = {}): Promise<Record<string, number>> {
  const { fprLimit = 0.3, good = 'good', ...regions } = options;
  assertKnownOptions('auproPerDefect', options, ['fprLimit', 'connectivity', 'good']);
  assertFprLimit('auproPerDefect', fprLimit);
  const pixels = await accumulate(maps, regions);
  const shared = pixels.groups.filter((name) => name === good);
  return Object.fromEntries(
    pixels.groups
      .filter((name) => name !== good)
      .map((name) => [name, pixels.aupro({ fprLimit, groups: [name, ...shared] })]),
  );
}
