import { argumentMessage, assertFinite, assertInteger, assertKnownOptions, describe } from '@adlib/core';
import { readMask, readScores, type Maps } from './maps.js';
import { SharedRates } from './sharedRates.js';

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
  const { goodImages, defects } = await collect(maps);
  const rates = new SharedRates(goodImages, high, thresholds);
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
  const levels = Float32Array.from({ length: points }, (_, i) => rates.threshold(first + i));
  const logs = Float64Array.from(levels, (level) => Math.log(rates.fpr(level)));
  const scale = Math.log(high / low);
  const perImage = Float64Array.from(defects, (own) =>
    own === undefined ? NaN : Math.min(Math.max(areaOver(logs, levels, own) / scale, 0), 1),
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

/** What one pass over the maps keeps. */
interface Collected {
  /** Scores of every good image. */
  goodImages: Float32Array[];
  /** Scores of the defective pixels of every other image, by position; undefined for good images. */
  defects: (Float32Array | undefined)[];
}

async function collect(maps: Maps): Promise<Collected> {
  const goodImages: Float32Array[] = [];
  const defects: (Float32Array | undefined)[] = [];
  for await (const { map, mask } of maps) {
    const { data, width, height } = readScores('aupimo', 'map', map, true);
    const truth = mask === undefined ? undefined : readMask('aupimo', 'mask', mask, { width, height }).data;
    const first = truth?.indexOf(1) ?? -1;
    if (first >= 0) defects.push(defectiveScores(data, truth!, first));
    else {
      goodImages.push(data.slice());
      defects.push(undefined);
    }
  }
  if (goodImages.length === 0 || goodImages.length === defects.length) {
    const missing = goodImages.length === 0 ? 'no good image' : 'no defective image';
    throw new RangeError(argumentMessage('aupimo', 'maps', 'of good and defective images', missing));
  }
  return { goodImages, defects };
}

function defectiveScores(scores: Float32Array, truth: Uint8Array, first: number): Float32Array {
  let n = 0;
  for (let i = first; i < truth.length; i++) n += truth[i]!;
  const own = new Float32Array(n);
  for (let i = first, at = 0; at < n; i++) if (truth[i] === 1) own[at++] = scores[i]!;
  return own;
}

/** Trapezoid area of one image's overlap over the logarithms of the rate, which descend; `levels` ascend. */
function areaOver(logs: Float64Array, levels: Float32Array, own: Float32Array): number {
  // Scores below every threshold are never counted.
  const above = own.filter((score) => score >= levels[0]!).sort();
  let area = 0;
  let at = 0;
  let last = NaN;
  for (let i = 0; i < levels.length; i++) {
    while (at < above.length && above[at]! < levels[i]!) at++;
    const tpr = (above.length - at) / own.length;
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
