import { argumentMessage, assertFinite, assertKnownOptions } from '@adlib/core';
import { assertFprLimit, auproOfGrid } from './gridFigures.js';
import { Growing } from './growing.js';
import { KeyRuns } from './keyRuns.js';
import { readMask, readScores, type MapLike } from './maps.js';
import { bitsOf } from './pixelStore.js';
import { gridOfSorted } from './scoreGrid.js';
import { keyOfBits, sortKeysWithValues } from './sort.js';

/** One annotated defect of an image; it may consist of several parts, and defects may overlap. */
export interface SaturatedRegion {
  /** 1 where a pixel belongs to the defect, of the size of the map. */
  readonly mask: MapLike;
  /** Pixels that suffice to call the defect found, in (0, area]. @defaultValue the defect's area */
  readonly saturation?: number | undefined;
}

/** An anomaly map and the defects of its image. */
export interface MapWithRegions {
  /** Anomaly score per pixel, higher = more anomalous; held as float32. */
  readonly map: MapLike;
  /** The defects; absent or empty for a good image. */
  readonly regions?: readonly SaturatedRegion[] | undefined;
}

/** Options of {@link spro}. */
export interface SproOptions {
  /** False-positive rate up to which the curve counts, in (0, 1]. @defaultValue 0.05 */
  fprLimit?: number;
}

/**
 * Area under the saturated per-region-overlap curve from FPR 0 to `fprLimit`, divided by `fprLimit`, exact over all
 * thresholds: `sPRO(t) = mean over defects of min(|P(t) and A| / s, 1)` with `P(t)` the pixels above `t`, `A` the defect and
 * `s` its saturation area. With `s` = area of `A` it is PRO. False positives are pixels outside every defect.
 *
 * @param maps - maps with their defects, of any sizes, in memory or read one at a time; good images belong in; not
 *   modified; memory 4 bytes per good pixel, 16 MiB for sorting, at most 64 bytes per defective pixel
 * @param options - limit of the false-positive rate
 * @returns a number in [0, 1]; NaN when no pixel is good or there is no defect
 * @throws TypeError or RangeError if a map or mask is not well-formed, a defect is empty, a saturation is not in (0, area], a
 *   score is NaN, or `fprLimit` is not in (0, 1]
 * @example
 * ```ts
 * import { spro } from '@adlib/metrics';
 * const map = { data: Float32Array.from([0.1, 0.2, 0.5, 0.3, 0.4, 0.9]), width: 3, height: 2 };
 * const mask = { data: Uint8Array.from([0, 0, 0, 0, 1, 1]), width: 3, height: 2 };
 * console.log(await spro([{ map, regions: [{ mask, saturation: 1 }] }])); // 1: the hottest pixel is enough
 * ```
 * @see Bergmann et al., "Beyond dents and scratches: logical constraints in unsupervised anomaly detection and
 *   localization", IJCV 130, 2022, section 4.2 (MVTec LOCO)
 */
export async function spro(
  maps: Iterable<MapWithRegions> | AsyncIterable<MapWithRegions>,
  options: SproOptions = {},
): Promise<number> {
  const { fprLimit = 0.05 } = options;
  assertKnownOptions('spro', options, ['fprLimit']);
  assertFprLimit('spro', fprLimit);
  const pixels = new SaturatedPixels();
  for await (const item of maps) pixels.add(item);
  return pixels.area(fprLimit);
}

class SaturatedPixels {
  readonly #good = new KeyRuns();
  readonly #keys = new Growing();
  readonly #regionOf = new Growing();
  readonly #saturations: number[] = [];
  #scratch: Uint32Array = new Uint32Array(0);

  readonly #borrow = (n: number): Uint32Array => {
    if (this.#scratch.length < n) this.#scratch = new Uint32Array(n);
    return this.#scratch;
  };

  add({ map, regions = [] }: MapWithRegions): void {
    const { data, width, height } = readScores('spro', 'map', map);
    const covered = new Uint8Array(data.length);
    const bits = bitsOf(data);
    regions.forEach(({ mask, saturation }, index) => {
      const truth = readMask('spro', `regions[${index}].mask`, mask, { width, height }).data;
      const area = truth.reduce((sum, v) => sum + v, 0);
      if (area === 0) {
        throw new RangeError(
          argumentMessage('spro', `regions[${index}].mask`, '1 somewhere', 'only 0', 'Leave empty defects out.'),
        );
      }
      if (saturation !== undefined)
        assertFinite('spro', `regions[${index}].saturation`, saturation, Number.MIN_VALUE, area);
      this.#addRegion(bits, truth, covered, area);
      this.#saturations.push(saturation ?? area);
    });
    const left = Uint32Array.from(
      bits.filter((_, i) => covered[i] === 0),
      keyOfBits,
    );
    for (let i = 0; i < left.length;) {
      const { keys, start, end } = this.#good.room(left.length - i);
      keys.set(left.subarray(i, i + end - start), start);
      i += end - start;
      this.#good.wrote(end, this.#borrow);
    }
  }

  #addRegion(bits: Int32Array, truth: Uint8Array, covered: Uint8Array, area: number): void {
    this.#keys.reserve(area);
    this.#regionOf.reserve(area);
    for (let i = 0; i < truth.length; i++) {
      if (truth[i] === 0) continue;
      covered[i] = 1;
      this.#keys.data[this.#keys.length++] = keyOfBits(bits[i]!);
      this.#regionOf.data[this.#regionOf.length++] = this.#saturations.length;
    }
  }

  area(fprLimit: number): number {
    const keys = this.#keys.data.subarray(0, this.#keys.length);
    const regionOf = this.#regionOf.data.subarray(0, this.#regionOf.length);
    sortKeysWithValues(keys, regionOf);
    const found = new Float64Array(this.#saturations.length);
    const weights = new Float64Array(keys.length);
    for (let i = keys.length - 1; i >= 0; i--) {
      const region = regionOf[i]!;
      const saturation = this.#saturations[region]!;
      const before = Math.min(found[region]!, saturation);
      found[region]!++;
      weights[i] = (Math.min(found[region]!, saturation) - before) / saturation;
    }
    const runs = this.#good.sorted(this.#borrow);
    return auproOfGrid(
      gridOfSorted(keys, (i) => weights[i]!, runs, found.length),
      fprLimit,
    );
  }
}
