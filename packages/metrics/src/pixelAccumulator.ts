import { argumentMessage, assertInteger, assertKnownOptions } from '@adlib/core';
import { BinnedPixels } from './binnedPixels.js';
import { assertConnectivity, labelRegions, type Connectivity } from './connectedRegions.js';
import type { F1Max } from './f1Max.js';
import { ExactPixels } from './exactPixels.js';
import {
  assertFprLimit,
  auproOfGrid,
  aurocErrorOfGrid,
  aurocOfGrid,
  averagePrecisionOfGrid,
  f1MaxOfGrid,
  iouMaxOfGrid,
  proCurveOfGrid,
  type IouMax,
  type ProCurve,
} from './gridFigures.js';
import { readMask, readScores, type MapLike, type Maps } from './maps.js';
import type { PixelCounts, PixelStore } from './pixelStore.js';
import type { ScoreGrid } from './scoreGrid.js';

/** Options of {@link PixelAccumulator}. */
export interface PixelAccumulatorOptions {
  /** Which neighbours of a mask belong to one region. @defaultValue 8 */
  connectivity?: Connectivity;
  /**
   * Leading bits of a float32 score to tell apart, 12 to 24; absent = all 32, exact. With `bits` memory no longer grows
   * with the number of pixels (24 bytes times 2^bits for each group); 20 bits separate scores that differ by 0.05 %.
   */
  bits?: number;
}

/** Which of the images added take part in a figure. */
export interface PixelSelection {
  /** Names of groups; absent = all. */
  groups?: readonly string[];
}

/** Options of {@link PixelAccumulator.aupro}. */
export interface PixelAuproOptions extends PixelSelection {
  /** False-positive rate up to which the curve counts, in (0, 1]. @defaultValue 0.3 */
  fprLimit?: number;
}

/**
 * Pixel metrics in one pass over any number of maps, of any sizes: add each map with its mask, then ask for figures. All
 * scores are compared exactly as float32; a map itself is not kept. Memory: 4 bytes per good pixel, 16 MiB for sorting,
 * 8 bytes per defective pixel, and while figures are computed at most 56 bytes more per defective pixel. With the option
 * `bits` scores are counted in bins and memory is bounded.
 *
 * @example
 * ```ts
 * import { PixelAccumulator } from '@adlib/metrics';
 * const pixels = new PixelAccumulator();
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * pixels.add({ data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 }, mask);
 * console.log(pixels.auroc(), pixels.aupro(), pixels.f1Max().f1); // 0.875 0.583... 0.8
 * ```
 */
export class PixelAccumulator {
  readonly #connectivity: Connectivity;
  readonly #store: PixelStore;
  readonly #grids = new Map<string, ScoreGrid>();

  /** @param options - connectivity of regions; binned mode */
  constructor(options: PixelAccumulatorOptions = {}) {
    const { connectivity = 8, bits } = options;
    assertKnownOptions('PixelAccumulator', options, ['connectivity', 'bits']);
    assertConnectivity('PixelAccumulator', connectivity);
    if (bits !== undefined) assertInteger('PixelAccumulator', 'bits', bits, 12, 24);
    this.#connectivity = connectivity;
    this.#store = bits === undefined ? new ExactPixels() : new BinnedPixels(bits);
  }

  /**
   * Adds a map; neither it nor the mask is kept or modified. A map that is refused leaves nothing behind.
   *
   * @param map - anomaly scores, shape `[height, width]`, higher = more anomalous; rounded to float32; no NaN
   * @param mask - ground truth of the same size, 1 = defective; absent = every pixel is good, so leave out defective
   *   images that have no mask
   * @param group - name of the group the image belongs to, for example its defect type
   * @returns the accumulator
   * @throws TypeError or RangeError if map or mask is not well-formed, their sizes differ, or a value is NaN
   */
  add(map: MapLike, mask?: MapLike, group = ''): this {
    const { data, width, height } = readScores('PixelAccumulator.add', 'map', map);
    const truth =
      mask === undefined ? undefined : readMask('PixelAccumulator.add', 'mask', mask, { width, height }).data;
    const hasDefect = truth?.includes(1) === true;
    this.#store.add(data, hasDefect ? labelRegions(truth, width, height, this.#connectivity) : undefined, group);
    this.#grids.clear();
    return this;
  }

  /** Names of the groups added so far, in order of first appearance. */
  get groups(): string[] {
    return this.#store.groups;
  }

  /** What has been added, of all groups or of some. */
  counts(selection: PixelSelection = {}): PixelCounts {
    assertKnownOptions('PixelAccumulator.counts', selection, ['groups']);
    return this.#store.counts(this.#groupsOf('PixelAccumulator.counts', selection));
  }

  /** Area under the pixel ROC curve, see {@link pixelAuroc}; NaN when no pixel is good or none is defective. */
  auroc(selection: PixelSelection = {}): number {
    return aurocOfGrid(this.#grid('PixelAccumulator.auroc', selection));
  }

  /** How far {@link PixelAccumulator.auroc} can be from the exact value because of bins: 0 unless `bits` was given. */
  aurocError(selection: PixelSelection = {}): number {
    const grid = this.#grid('PixelAccumulator.aurocError', selection);
    return this.#store.exact ? 0 : aurocErrorOfGrid(grid);
  }

  /** Average precision over pixels, see {@link pixelAveragePrecision}; NaN when no pixel is defective. */
  averagePrecision(selection: PixelSelection = {}): number {
    return averagePrecisionOfGrid(this.#grid('PixelAccumulator.averagePrecision', selection));
  }

  /** Best F1 over pixels and its threshold, see {@link pixelF1Max}; NaN when no pixel is defective. */
  f1Max(selection: PixelSelection = {}): F1Max {
    const grid = this.#grid('PixelAccumulator.f1Max', selection);
    return f1MaxOfGrid(grid, this.#store.thresholdBelow);
  }

  /** Best intersection over union and its threshold, see {@link iouMax}; NaN when no pixel is defective. */
  iouMax(selection: PixelSelection = {}): IouMax {
    const grid = this.#grid('PixelAccumulator.iouMax', selection);
    return iouMaxOfGrid(grid, this.#store.thresholdBelow);
  }

  /** Per-region-overlap curve, see {@link proCurve}. */
  proCurve(selection: PixelSelection = {}): ProCurve {
    const grid = this.#grid('PixelAccumulator.proCurve', selection);
    return proCurveOfGrid(grid, this.#store.thresholdAt, this.#store.thresholdBelow);
  }

  /** Area under the per-region-overlap curve, see {@link aupro}; NaN when no pixel is good or there is no region. */
  aupro(options: PixelAuproOptions = {}): number {
    const { fprLimit = 0.3, ...selection } = options;
    assertFprLimit('PixelAccumulator.aupro', fprLimit);
    return auproOfGrid(this.#grid('PixelAccumulator.aupro', selection), fprLimit);
  }

  #groupsOf(fn: string, { groups = this.groups }: PixelSelection): readonly string[] {
    const unknown = groups.find((name) => !this.groups.includes(name));
    if (unknown !== undefined) {
      throw new RangeError(
        argumentMessage(fn, 'groups', `among ${this.groups.map((g) => `'${g}'`).join(', ')}`, unknown),
      );
    }
    return [...new Set(groups)];
  }

  #grid(fn: string, selection: PixelSelection): ScoreGrid {
    assertKnownOptions(fn, selection, ['groups']);
    const groups = this.#groupsOf(fn, selection);
    const name = JSON.stringify([...groups].sort());
    let grid = this.#grids.get(name);
    if (grid === undefined) {
      grid = this.#store.grid(groups);
      // One selection at a time is asked for several figures; keeping more would only hold memory.
      this.#grids.clear();
      this.#grids.set(name, grid);
    }
    return grid;
  }
}

/**
 * Adds every map of an iterator to a new accumulator.
 *
 * @param maps - the maps, read one at a time
 * @param options - as of {@link PixelAccumulator}
 * @returns the filled accumulator
 */
export async function accumulate(maps: Maps, options: PixelAccumulatorOptions): Promise<PixelAccumulator> {
  const pixels = new PixelAccumulator(options);
  for await (const { map, mask, group } of maps) pixels.add(map, mask, group);
  return pixels;
}
