import type { ConnectedRegions } from './connectedRegions.js';
import { bitsOf, type PixelCounts, type PixelStore } from './pixelStore.js';
import type { ScoreGrid } from './scoreGrid.js';
import { keyOfBits, numberBelowKey, numberOfKey } from './sort.js';

interface BinnedGroup {
  good: Float64Array;
  defective: Float64Array;
  overlap: Float64Array;
  maps: number;
  regions: number;
}

/** Counts per bin of the leading bits of the key: bounded memory, scores within a bin are ties. */
export class BinnedPixels implements PixelStore {
  /** Whether every score is told apart. */
  readonly exact = false;
  readonly #shift: number;
  readonly #bins: number;
  readonly #groups = new Map<string, BinnedGroup>();

  /** @param bits - leading bits of the key to keep, 12 to 24 */
  constructor(bits: number) {
    this.#shift = 32 - bits;
    this.#bins = 2 ** bits;
  }

  /** Names of the groups, in order of first appearance. */
  get groups(): string[] {
    return [...this.#groups.keys()];
  }

  /** Threshold that just leaves out the pixels of a grid key. */
  readonly thresholdAt = (bin: number): number =>
    numberOfKey(Math.min((bin << this.#shift) + (2 ** this.#shift - 1), 0xff800000));
  /** Threshold that just flags the pixels of a grid key. */
  readonly thresholdBelow = (bin: number): number => numberBelowKey((bin << this.#shift) >>> 0);

  /** Adds the scores of one map. */
  add(scores: Float32Array, found: ConnectedRegions | undefined, group: string): void {
    let target = this.#groups.get(group);
    if (target === undefined) {
      const [good, defective, overlap] = [0, 1, 2].map(() => new Float64Array(this.#bins));
      target = { good: good!, defective: defective!, overlap: overlap!, maps: 0, regions: 0 };
      this.#groups.set(group, target);
    }
    target.maps++;
    target.regions += found?.regions.length ?? 0;
    const bits = bitsOf(scores);
    const shift = this.#shift;
    const weights = found?.regions.map(({ area }) => 1 / area);
    for (let i = 0; i < bits.length; i++) {
      const bin = keyOfBits(bits[i]!) >>> shift;
      const label = found === undefined ? 0 : found.labels[i]!;
      if (label === 0) target.good[bin]!++;
      else {
        target.defective[bin]!++;
        target.overlap[bin]! += weights![label - 1]!;
      }
    }
  }

  /** Counts over some groups. */
  counts(groups: readonly string[]): PixelCounts {
    const sum = { maps: 0, good: 0, defective: 0, regions: 0 };
    for (const name of groups) {
      const group = this.#groups.get(name)!;
      sum.maps += group.maps;
      sum.regions += group.regions;
      for (let bin = 0; bin < this.#bins; bin++) {
        sum.good += group.good[bin]!;
        sum.defective += group.defective[bin]!;
      }
    }
    return sum;
  }

  /** The grid over some groups. */
  grid(groups: readonly string[]): ScoreGrid {
    const chosen = groups.map((name) => this.#groups.get(name)!);
    const total = (field: 'good' | 'defective' | 'overlap', bin: number): number =>
      chosen.reduce((sum, group) => sum + group[field][bin]!, 0);
    const bins: number[] = [];
    for (let bin = 0; bin < this.#bins; bin++) if (total('defective', bin) > 0) bins.push(bin);
    const grid: ScoreGrid = {
      keys: Uint32Array.from(bins),
      goodAbove: new Float64Array(bins.length),
      goodEqual: Float64Array.from(bins, (bin) => total('good', bin)),
      defective: Float64Array.from(bins, (bin) => total('defective', bin)),
      overlap: Float64Array.from(bins, (bin) => total('overlap', bin)),
      goodTotal: 0,
      defectiveTotal: 0,
      regions: chosen.reduce((sum, group) => sum + group.regions, 0),
    };
    grid.defectiveTotal = grid.defective.reduce((sum, n) => sum + n, 0);
    for (let bin = this.#bins - 1, k = bins.length - 1; bin >= 0; bin--) {
      if (bins[k] === bin) grid.goodAbove[k--] = grid.goodTotal;
      grid.goodTotal += total('good', bin);
    }
    return grid;
  }
}
