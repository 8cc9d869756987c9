import { argumentMessage, assertFinite, assertInteger, assertKnownOptions, describe } from '@adlib/core';
import { readMask, readScores, type Maps } from './maps.js';
import { bitsOf } from './pixelStore.js';
import { keyOfNumber, numberOfKey, sortKeys, storedKeyOfBits } from './sort.js';

/** Options of {@link aupimo}. */
export interface AupimoOptions {
  /** Lower and upper false-positive rate between which the curve counts. @defaultValue [1e-5, 1e-4] */
  fprBounds?: readonly [number, number];
  /** Thresholds, evenly spaced from the least to the greatest score of good images. @defaultValue 300000 */
  thresholds?: number;
  /** Fewest thresholds between the bounds that are accepted. @defaultValue 31 */
  minPoints?: number;
}

/** Result of {@link aupimo}. */
export interface Aupimo {
  /** One per map, in order, in [0, 1]; NaN for images without a defect. */
  perImage: Float64Array;
  /** Mean over the images with a defect. */
  mean: number;
  /** Median over the images with a defect. */
  median: number;
  /** Thresholds that lay between the bounds. */
  points: number;
  /** What a random map scores in expectation: `(high - low) / ln(high / low)`. */
  chance: number;
  /** Plain sentences on what not to believe; empty when there is nothing to say. */
  warnings: string[];
}

/**
 * Area under each image's own overlap curve (AUPIMO): the share of the image's defective pixels with `score >= t`, averaged
 * over the logarithm of the false-positive rate between two very low bounds. The false-positive rate is the mean, over good
 * images only, of the share of pixels with `score >= t`. One figure per defective image, blind to false positives on it.
 *
 * @param maps - maps with their masks, of any sizes, in memory or read one at a time; a map without defective pixels is a
 *   good image; not modified; memory 4 bytes per pixel of good images and per defective pixel
 * @param options - bounds, number of thresholds
 * @returns a figure per image with a summary
 * @throws TypeError or RangeError if a map or mask is not well-formed, their sizes differ, a score is not finite, an option
 *   is out of range, there is no good or no defective image, or fewer than `minPoints` thresholds lie between the bounds
 *   (the bound 1e-5 needs far more than 100,000 good pixels)
 * @example
 * ```ts
 * import { aupimo } from '@adlib/metrics';
 * const good = { data: Float32Array.from({ length: 1000 }, (_, i) => i / 1000), width: 50, height: 20 };
 * const map = { data: good.data.map((v, i) => (i < 5 ? 2 : v)), width: 50, height: 20 };
 * const mask = { data: Uint8Array.from(good.data, (_, i) => (i < 5 ? 1 : 0)), width: 50, height: 20 };
 * const { mean } = await aupimo([{ map: good }, { map, mask }], { fprBounds: [0.01, 0.5], thresholds: 1000 });
 * console.log(mean); // 1
 * ```
 * @see Bertoldo et al., "AUPIMO: Redefining visual anomaly detection benchmarks with high speed and low tolerance",
 *   BMVC 2024, section 3
 */
export async function aupimo(maps: Maps, options: AupimoOptions = {}): Promise<Aupimo> {
  const { fprBounds = [1e-5, 1e-4], thresholds = 300_000, minPoints = 31 } = options;
  assertKnownOptions('aupimo', options, ['fprBounds', 'thresholds', 'minPoints']);
  const [low, high] = assertBounds(fprBounds);
  assertInteger('aupimo', 'thresholds', thresholds, 2);
  assertInteger('aupimo', 'minPoints', minPoints, 2);
  const collected = await collect(maps);
  // A rate of more than twice the bound is never the nearest one; four times leaves room for rounding.
  const rates = new SharedRates(collected.goodImages, cutAbove(4 * high, collected), thresholds);
  const first = rates.nearest(high);
  const last = rates.nearest(low);
  const points = Math.max(last - first + 1, 0);
  if (points < minPoints) {
    throw new RangeError(
      argumentMessage(
        'aupimo',
        'fprBounds',
        `bounds with ${minPoints} thresholds or more between them`,
        `${points}`,
        'Try higher bounds or more thresholds.',
      ),
    );
  }
  const keys = Uint32Array.from({ length: points }, (_, i) => keyOfNumber(rates.threshold(first + i)));
  const logs = Float64Array.from(keys, (key) => Math.log(rates.fpr(key)));
  const scale = Math.log(high / low);
  const perImage = Float64Array.from(collected.defects, (own) =>
    own === undefined ? NaN : Math.min(Math.max(areaOver(logs, keys, own) / scale, 0), 1),
  );
  const ascending = perImage.filter((v) => !Number.isNaN(v)).sort();
  return {
    perImage,
    mean: ascending.reduce((sum, v) => sum + v, 0) / ascending.length,
    median: (ascending[(ascending.length - 1) >> 1]! + ascending[ascending.length >> 1]!) / 2,
    points,
    chance: (high - low) / scale,
    warnings: warningsOf(points, [low, high], [Math.exp(logs.at(-1)!), Math.exp(logs[0]!)]),
  };
}

function assertBounds(bounds: readonly [number, number]): readonly [number, number] {
  const [low, high] = bounds;
  assertFinite('aupimo', 'fprBounds[0]', low, Number.MIN_VALUE, 1);
  assertFinite('aupimo', 'fprBounds[1]', high, Number.MIN_VALUE, 1);
  if (low >= high) throw new RangeError(argumentMessage('aupimo', 'fprBounds', '[lower, upper]', describe(bounds)));
  return bounds;
}

/** Bins of the leading 16 bits of a key. */
const BINS = 1 << 16;

/** What one pass over the maps keeps. */
interface Collected {
  /** Keys of every good image, in no order. */
  goodImages: Uint32Array[];
  /** Sum over good images of the share of pixels in each bin. */
  shares: Float64Array;
  /** Keys of the defective pixels of every other image, sorted, by position; undefined for good images. */
  defects: (Uint32Array | undefined)[];
}

async function collect(maps: Maps): Promise<Collected> {
  const goodImages: Uint32Array[] = [];
  const shares = new Float64Array(BINS);
  const defects: (Uint32Array | undefined)[] = [];
  for await (const { map, mask } of maps) {
    const { data, width, height } = readScores('aupimo', 'map', map);
    assertFiniteScores(data);
    const truth = mask === undefined ? undefined : readMask('aupimo', 'mask', mask, { width, height }).data;
    const keys = new Uint32Array(data.length);
    const bits = bitsOf(data);
    if (truth?.includes(1) === true) {
      let n = 0;
      for (let i = 0; i < bits.length; i++) if (truth[i] === 1) keys[n++] = storedKeyOfBits(bits[i]!);
      defects.push(sorted(keys.slice(0, n)));
    } else {
      for (let i = 0; i < bits.length; i++) keys[i] = storedKeyOfBits(bits[i]!);
      const counts = new Uint32Array(BINS);
      for (let i = 0; i < keys.length; i++) counts[keys[i]! >>> 16]!++;
      for (let bin = 0; bin < BINS; bin++) shares[bin]! += counts[bin]! / keys.length;
      goodImages.push(keys);
      defects.push(undefined);
    }
  }
  if (goodImages.length === 0 || goodImages.length === defects.length) {
    const missing = goodImages.length === 0 ? 'no good image' : 'no defective image';
    throw new RangeError(argumentMessage('aupimo', 'maps', 'of good and defective images', missing));
  }
  return { goodImages, shares, defects };
}

function assertFiniteScores(scores: Float32Array): void {
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) throw new RangeError(argumentMessage('aupimo', 'map', 'finite', scores[i]));
  }
}

function sorted(keys: Uint32Array): Uint32Array {
  sortKeys(keys, keys.length, new Uint32Array(keys.length));
  return keys;
}

/** Position of the first key that is not less than `key`. */
function lowerBound(keys: Uint32Array, key: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Thresholds and the false-positive rate that the good images share, above a cut. */
class SharedRates {
  /** Sorted keys from the cut upwards, and the number of pixels, of each good image. */
  readonly #images: readonly { readonly keys: Uint32Array; readonly size: number }[];
  readonly #count: number;
  readonly #min: number;
  readonly #max: number;
  /** First threshold above the cut: from here on rates are known. */
  readonly #start: number;

  constructor(images: readonly Uint32Array[], cut: number, count: number) {
    let least = Infinity;
    let most = 0;
    this.#images = images.map((all) => {
      const above = new Uint32Array(all.length);
      let n = 0;
      for (let i = 0; i < all.length; i++) {
        const key = all[i]!;
        if (key < least) least = key;
        if (key > most) most = key;
        if (key >= cut) above[n++] = key;
      }
      return { keys: sorted(above.slice(0, n)), size: all.length };
    });
    this.#count = count;
    this.#min = numberOfKey(least);
    this.#max = numberOfKey(most);
    this.#start = cut <= least ? 0 : this.#first(0, (index) => keyOfNumber(this.threshold(index)) >= cut);
  }

  threshold(index: number): number {
    if (index === this.#count - 1) return this.#max;
    return Math.fround(this.#min + (index * (this.#max - this.#min)) / (this.#count - 1));
  }

  fpr(key: number): number {
    let sum = 0;
    for (const { keys, size } of this.#images) sum += (keys.length - lowerBound(keys, key)) / size;
    return sum / this.#images.length;
  }

  #fprAt(index: number): number {
    return this.fpr(keyOfNumber(this.threshold(index)));
  }

  /** First threshold for which a condition, once true, stays true. */
  #first(from: number, condition: (index: number) => boolean): number {
    let low = from;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (condition(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** First of the thresholds whose rate is nearest to a bound. */
  nearest(bound: number): number {
    const least = this.#fprAt(this.#count - 1);
    if (bound < least) {
      throw new RangeError(
        argumentMessage(
          'aupimo',
          'fprBounds',
          `at least ${least}, the lowest rate that the good images reach`,
          bound,
          'Try higher bounds or more good images.',
        ),
      );
    }
    const start = this.#start;
    let found = this.#first(start, (index) => this.#fprAt(index) <= bound);
    if (found > start) {
      const above = this.#fprAt(found - 1);
      if (above - bound <= bound - this.#fprAt(found))
        found = this.#first(start, (index) => this.#fprAt(index) <= above);
    }
    return found;
  }
}

/** Key above which the shared rate is less than a given one: lower good scores need not be sorted. */
function cutAbove(rate: number, { goodImages, shares }: Collected): number {
  let bin = BINS;
  for (let share = 0; bin > 0 && share < rate * goodImages.length;) share += shares[--bin]!;
  return bin * 65536;
}

/** Trapezoid area of one image's overlap over the logarithms of the rate, which descend. */
function areaOver(logs: Float64Array, keys: Uint32Array, own: Uint32Array): number {
  let area = 0;
  let at = 0;
  let last = NaN;
  for (let i = 0; i < keys.length; i++) {
    while (at < own.length && own[at]! < keys[i]!) at++;
    const tpr = (own.length - at) / own.length;
    if (i > 0) area += ((logs[i - 1]! - logs[i]!) * (last + tpr)) / 2;
    last = tpr;
  }
  return area;
}

function warningsOf(points: number, wanted: readonly [number, number], reached: readonly [number, number]): string[] {
  const warnings: string[] = [];
  if (points < 300) warnings.push(`Only ${points} thresholds lie between the bounds; below 300 the figure is coarse.`);
  wanted.forEach((bound, i) => {
    if (Math.abs(reached[i]! - bound) > 0.01 * bound) {
      warnings.push(
        `The bound ${bound} is not reached: the nearest false-positive rate is ${reached[i]!.toPrecision(3)}.`,
      );
    }
  });
  return warnings;
}
