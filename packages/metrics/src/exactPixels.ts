import type { ConnectedRegions } from './connectedRegions.js';
import { Growing } from './growing.js';
import { KeyRuns } from './keyRuns.js';
import { bitsOf, type PixelCounts, type PixelStore } from './pixelStore.js';
import { gridOfSorted, type ScoreGrid } from './scoreGrid.js';
import { numberBelowKey, numberOfKey, sortKeysWithValues, storedKeyOfBits } from './sort.js';

interface ExactGroup {
  good: KeyRuns;
  maps: number;
  defective: number;
  regions: number;
}

/** Every pixel's key: good ones in sorted runs, defective ones with the number of their region. */
export class ExactPixels implements PixelStore {
  /** Whether every score is told apart. */
  readonly exact = true;
  readonly #groups = new Map<string, ExactGroup>();
  readonly #keys = new Growing();
  readonly #regionOf = new Growing();
  readonly #areas: number[] = [];
  readonly #groupOfRegion: ExactGroup[] = [];
  #scratch: Uint32Array = new Uint32Array(0);
  #sorted = true;

  /** Names of the groups, in order of first appearance. */
  get groups(): string[] {
    return [...this.#groups.keys()];
  }

  /** Threshold that just leaves out the pixels of a grid key. */
  readonly thresholdAt = numberOfKey;
  /** Threshold that just flags the pixels of a grid key. */
  readonly thresholdBelow = numberBelowKey;

  readonly #borrow = (n: number): Uint32Array => {
    if (this.#scratch.length < n) this.#scratch = new Uint32Array(n);
    return this.#scratch;
  };

  /** Adds the scores of one map. */
  add(scores: Float32Array, found: ConnectedRegions | undefined, group: string): void {
    let target = this.#groups.get(group);
    if (target === undefined) {
      target = { good: new KeyRuns(), maps: 0, defective: 0, regions: 0 };
      this.#groups.set(group, target);
    }
    target.maps++;
    if (found === undefined) {
      this.#addGood(bitsOf(scores), target.good);
      return;
    }
    const firstRegion = this.#areas.length;
    let defective = 0;
    for (const { area } of found.regions) {
      this.#areas.push(area);
      this.#groupOfRegion.push(target);
      defective += area;
    }
    target.defective += defective;
    target.regions += found.regions.length;
    this.#addMixed(bitsOf(scores), found.labels, firstRegion, target.good, defective);
    this.#sorted = false;
  }

  #addGood(bits: Int32Array, good: KeyRuns): void {
    for (let i = 0; i < bits.length;) {
      const { keys, start, end } = good.room(bits.length - i);
      for (let at = start; at < end; at++) keys[at] = storedKeyOfBits(bits[i++]!);
      good.wrote(end, this.#borrow);
    }
  }

  #addMixed(bits: Int32Array, labels: Int32Array, firstRegion: number, good: KeyRuns, defective: number): void {
    this.#keys.reserve(defective);
    this.#regionOf.reserve(defective);
    const keysOut = this.#keys.data;
    const regionOut = this.#regionOf.data;
    let out = this.#keys.length;
    let left = bits.length - defective;
    let i = 0;
    while (i < bits.length) {
      const { keys, start, end } = left > 0 ? good.room(left) : { keys: keysOut, start: 0, end: 0 };
      let at = start;
      for (; i < bits.length; i++) {
        const key = storedKeyOfBits(bits[i]!);
        const label = labels[i]!;
        if (label === 0) {
          if (at === end) break;
          keys[at++] = key;
        } else {
          keysOut[out] = key;
          regionOut[out++] = firstRegion + label - 1;
        }
      }
      if (at > start) good.wrote(at, this.#borrow);
      left -= at - start;
    }
    this.#keys.length = out;
    this.#regionOf.length = out;
  }

  /** Counts over some groups. */
  counts(groups: readonly string[]): PixelCounts {
    const sum = { maps: 0, good: 0, defective: 0, regions: 0 };
    for (const name of groups) {
      const { good, maps, defective, regions } = this.#groups.get(name)!;
      sum.maps += maps;
      sum.good += good.size;
      sum.defective += defective;
      sum.regions += regions;
    }
    return sum;
  }

  /** The grid over some groups. */
  grid(groups: readonly string[]): ScoreGrid {
    const chosen = new Set(groups.map((name) => this.#groups.get(name)!));
    const allKeys = this.#keys.data.subarray(0, this.#keys.length);
    const allRegions = this.#regionOf.data.subarray(0, this.#regionOf.length);
    if (!this.#sorted) {
      sortKeysWithValues(allKeys, allRegions);
      this.#sorted = true;
    }
    const { defective, regions } = this.counts(groups);
    let keys = allKeys;
    let regionOf = allRegions;
    if (defective < allKeys.length) {
      keys = new Uint32Array(defective);
      regionOf = new Uint32Array(defective);
      for (let i = 0, k = 0; i < allKeys.length; i++) {
        if (!chosen.has(this.#groupOfRegion[allRegions[i]!]!)) continue;
        keys[k] = allKeys[i]!;
        regionOf[k++] = allRegions[i]!;
      }
    }
    const runs = [...chosen].flatMap((group) => group.good.sorted(this.#borrow));
    return gridOfSorted(keys, (i) => 1 / this.#areas[regionOf[i]!]!, runs, regions);
  }
}
