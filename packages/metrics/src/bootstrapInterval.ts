import { argumentMessage, assertFinite, assertInteger, assertKnownOptions, createRandom } from '@adlib/core';
import { toBinary, toFloat64, type Labels, type Scores } from './classes.js';
import { quantileOfSorted } from './quantile.js';

/** A figure with an interval around it. */
export interface Interval {
  /** The figure on all images. */
  estimate: number;
  /** Lower end. */
  lower: number;
  /** Upper end. */
  upper: number;
  /** Standard error of the figure. */
  standardError: number;
  /** Share of intervals made this way that hold the true value, as the method claims. */
  confidence: number;
}

/** Options of {@link bootstrapInterval}. */
export interface BootstrapOptions {
  /** Resamples drawn. @defaultValue 1000 */
  resamples?: number;
  /** Confidence, in (0, 1). @defaultValue 0.95 */
  confidence?: number;
  /** Seed of the draws. @defaultValue 0 */
  seed?: number;
}

/**
 * Percentile bootstrap interval of any metric of scores and labels. Resamples are stratified: each has as many good and as
 * many defective images as there are, drawn with replacement within the class, so no class is ever missing.
 *
 * @param metric - for example {@link auroc}, or `(s, l) => f1Max(s, l).f1`; gets arrays that are used again, to be read only
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @param options - resamples, confidence, seed
 * @returns estimate and interval; the same seed gives the same interval on every platform; NaN throughout when the metric is
 *   NaN on all images
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, the lengths differ, an option is out of range, or
 *   the metric is NaN on a resample
 * @example
 * ```ts
 * import { auroc, bootstrapInterval } from '@adlib/metrics';
 * const scores = [0.1, 0.4, 0.35, 0.8, 0.2, 0.3, 0.7, 0.6];
 * const { estimate, lower, upper } = bootstrapInterval(auroc, scores, [0, 0, 1, 1, 0, 0, 1, 1], { resamples: 200 });
 * console.log(lower <= estimate, estimate <= upper); // true true
 * ```
 * @see Efron and Tibshirani, "An introduction to the bootstrap", 1993, section 13.3
 */
export function bootstrapInterval(
  metric: (scores: Float64Array, labels: Uint8Array) => number,
  scores: Scores,
  labels: Labels,
  options: BootstrapOptions = {},
): Interval {
  const { resamples = 1000, confidence = 0.95, seed = 0 } = options;
  assertKnownOptions('bootstrapInterval', options, ['resamples', 'confidence', 'seed']);
  assertInteger('bootstrapInterval', 'resamples', resamples, 2);
  assertConfidence('bootstrapInterval', confidence);
  if (typeof metric !== 'function') {
    throw new TypeError(argumentMessage('bootstrapInterval', 'metric', 'a function of scores and labels', metric));
  }
  const values = toFloat64('bootstrapInterval', 'scores', scores);
  const truth = toBinary('bootstrapInterval', labels, values.length);
  const estimate = metric(values.slice(), truth.slice());
  if (Number.isNaN(estimate)) return { estimate, lower: NaN, upper: NaN, standardError: NaN, confidence };
  const classes = [values.filter((_, i) => truth[i] === 0), values.filter((_, i) => truth[i] === 1)];
  const drawn = new Float64Array(values.length);
  const drawnLabels = new Uint8Array(values.length).fill(1, classes[0]!.length);
  const random = createRandom(seed);
  const results = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let at = 0;
    for (const own of classes) for (let i = 0; i < own.length; i++) drawn[at++] = own[random.integer(own.length)]!;
    results[r] = metric(drawn, drawnLabels);
    if (Number.isNaN(results[r])) {
      throw new RangeError(
        argumentMessage(
          'bootstrapInterval',
          'metric',
          'defined on every resample',
          NaN,
          'Draw more images of each class, or choose another metric.',
        ),
      );
    }
  }
  results.sort();
  return {
    estimate,
    lower: quantileOfSorted(results, (1 - confidence) / 2),
    upper: quantileOfSorted(results, (1 + confidence) / 2),
    standardError: spreadOf(results),
    confidence,
  };
}

/**
 * Throws unless a confidence lies strictly between 0 and 1.
 *
 * @param fn - caller, for the message
 * @param confidence - the value
 * @throws TypeError or RangeError
 */
export function assertConfidence(fn: string, confidence: unknown): asserts confidence is number {
  assertFinite(fn, 'confidence', confidence);
  if (confidence <= 0 || confidence >= 1) {
    throw new RangeError(argumentMessage(fn, 'confidence', 'between 0 and 1', confidence, 'Try 0.95.'));
  }
}

function spreadOf(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}
