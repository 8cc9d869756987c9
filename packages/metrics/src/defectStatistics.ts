import { assertKnownOptions } from '@adlib/core';
import { assertConnectivity, labelRegions, type Connectivity } from './connectedRegions.js';
import { readMask, type MapLike } from './maps.js';
import { quantileOfSorted } from './quantile.js';

/** Options of {@link defectStatistics}. */
export interface DefectStatisticsOptions {
  /** Which neighbours belong to one region. @defaultValue 8 */
  connectivity?: Connectivity;
}

/** Five numbers of a distribution, and its mean. All NaN when there is nothing to describe. */
export interface Distribution {
  /** Least value. */
  min: number;
  /** First quartile. */
  q1: number;
  /** Median. */
  median: number;
  /** Third quartile. */
  q3: number;
  /** Greatest value. */
  max: number;
  /** Mean. */
  mean: number;
}

/** Result of {@link defectStatistics}. */
export interface DefectStatistics {
  /** Masks with at least one defective pixel. */
  images: number;
  /** Masks without any, which are left out of everything below. */
  empty: number;
  /** Regions in all. */
  regions: number;
  /** Share of an image that is defective, in [0, 1]. */
  areaShare: Distribution;
  /** Regions per image. */
  regionsPerImage: Distribution;
  /** Area of a region, in pixels. */
  area: Distribution;
  /** Longer over shorter side of a region's bounding box, 1 or more. */
  aspect: Distribution;
  /** Shorter side of a region's bounding box, in pixels: what must survive a resize. */
  smallestExtent: Distribution;
  /**
   * How many times larger an image must be scaled (below 1: may be scaled down) so that nine in ten regions measure at
   * least 8, or 10, pixels along their shorter side.
   */
  scaleNeeded: { for8Pixels: number; for10Pixels: number };
}

/**
 * What the defects of a data set look like, from their masks: sizes, shapes, numbers, and the resolution that they ask for.
 *
 * @param masks - ground truth, 1 = defective, of any sizes, in memory or read one at a time; not modified
 * @param options - which pixels make a region
 * @returns counts and distributions
 * @throws TypeError or RangeError if a mask is not well-formed
 * @example
 * ```ts
 * import { defectStatistics } from '@adlib/metrics';
 * const mask = { data: Uint8Array.from([1, 1, 1, 1, 0, 0, 0, 0]), width: 4, height: 2 };
 * const { regions, aspect, scaleNeeded } = await defectStatistics([mask]);
 * console.log(regions, aspect.median, scaleNeeded.for8Pixels); // 1 4 8
 * ```
 */
export async function defectStatistics(
  masks: Iterable<MapLike> | AsyncIterable<MapLike>,
  options: DefectStatisticsOptions = {},
): Promise<DefectStatistics> {
  const { connectivity = 8 } = options;
  assertKnownOptions('defectStatistics', options, ['connectivity']);
  assertConnectivity('defectStatistics', connectivity);
  const areaShares: number[] = [];
  const counts: number[] = [];
  const areas: number[] = [];
  const aspects: number[] = [];
  const extents: number[] = [];
  let empty = 0;
  for await (const mask of masks) {
    const { data, width, height } = readMask('defectStatistics', 'mask', mask);
    const { regions } = labelRegions(data, width, height, connectivity);
    if (regions.length === 0) {
      empty++;
      continue;
    }
    counts.push(regions.length);
    areaShares.push(regions.reduce((sum, { area }) => sum + area, 0) / data.length);
    for (const region of regions) {
      const shorter = Math.min(region.width, region.height);
      areas.push(region.area);
      aspects.push(Math.max(region.width, region.height) / shorter);
      extents.push(shorter);
    }
  }
  const tenth = extents.length === 0 ? NaN : quantileOfSorted(Float64Array.from(extents).sort(), 0.1);
  return {
    images: counts.length,
    empty,
    regions: areas.length,
    areaShare: distributionOf(areaShares),
    regionsPerImage: distributionOf(counts),
    area: distributionOf(areas),
    aspect: distributionOf(aspects),
    smallestExtent: distributionOf(extents),
    scaleNeeded: { for8Pixels: 8 / tenth, for10Pixels: 10 / tenth },
  };
}

function distributionOf(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => (sorted.length === 0 ? NaN : quantileOfSorted(sorted, q));
  const mean = sorted.reduce((sum, v) => sum + v, 0) / sorted.length;
  return { min: at(0), q1: at(0.25), median: at(0.5), q3: at(0.75), max: at(1), mean };
}
