import { argumentMessage, assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { brief, buildThreshold, onGood } from './build.js';
import { readScores } from './scores.js';
import { studentTail } from './special.js';
import type { Threshold } from './threshold.js';

/** Options of {@link meanPlusSigma}. */
export interface MeanPlusSigmaOptions {
  /** Standard deviations above the mean. @defaultValue 2 */
  k?: number;
  /** Works on `ln score`, for positive scores with a long right tail (most errors and distances). @defaultValue false */
  log?: boolean;
}

/**
 * Mean plus k standard deviations of good scores: `T = m + k s` with the sample standard deviation (divisor n - 1);
 * with `log`, `T = exp(m + k s)` over `ln score`.
 *
 * The stated false-positive rate is the exact one for normal scores: a new score exceeds `T` with probability
 * `P(t_(n-1) > k / sqrt(1 + 1/n))`; it tends to 2.28 % for k = 2. Scores that are not normal have another rate.
 *
 * @param good - scores of at least two good parts that were not trained on, raw units
 * @param options - see {@link MeanPlusSigmaOptions}
 * @returns the threshold, plain JSON
 * @throws RangeError if there are fewer than two scores, one is not finite, or one is not positive with `log`
 * @example
 * ```ts
 * import { meanPlusSigma } from '@adlib/thresholds';
 * console.log(meanPlusSigma([1, 2, 3, 4, 10], { k: 3 }).value); // 14.6066...
 * ```
 * @see Zanon-Diaz et al., attention-guided autoencoders for medical device inspection, equations 3 to 5 (k = 2)
 */
export function meanPlusSigma(good: Scores, options: MeanPlusSigmaOptions = {}): Threshold {
  const { k = 2, log = false } = options;
  assertKnownOptions('meanPlusSigma', options, ['k', 'log']);
  assertFinite('meanPlusSigma', 'k', k);
  const values = readScores('meanPlusSigma', 'good', good, 2);
  if (log) toLog(values);
  const n = values.length;
  const { mean, sd, skewness } = moments(values);
  const limit = mean + k * sd;
  return buildThreshold({
    rule: 'meanPlusSigma',
    value: log ? Math.exp(limit) : limit,
    expectedFalsePositiveRate: studentTail(k / Math.sqrt(1 + 1 / n), n - 1),
    fittedOn: onGood(n),
    parameters: { k, log, mean, sd, skewness },
    warnings: warningsOf(n, sd, skewness, log),
  });
}

function toLog(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value <= 0) {
      throw new RangeError(
        argumentMessage('meanPlusSigma', `good[${i}]`, 'positive with log', value, 'Leave log out.'),
      );
    }
    values[i] = Math.log(value);
  }
}

function warningsOf(n: number, sd: number, skewness: number, log: boolean): string[] {
  const warnings: string[] = [];
  if (sd === 0) {
    warnings.push('All good scores are equal: the spread is unknown and the false-positive rate means nothing.');
  }
  if (n < 30) {
    warnings.push(`The standard deviation stands on ${n} scores; 30 or more are needed to trust the limit.`);
  }
  // The standard error of the skewness of normal samples is about sqrt(6 / n).
  if (n >= 8 && skewness > 3 * Math.sqrt(6 / n)) {
    warnings.push(
      `The ${log ? 'logarithms of the ' : ''}scores have a long right tail (skewness ${brief(skewness)}): the stated rate, which ` +
        `assumes a normal distribution, is likely too low. Try ${log ? '' : 'log: true, '}quantile or conformal.`,
    );
  }
  return warnings;
}

/**
 * Mean, sample standard deviation and skewness, without overflow or underflow of the squares.
 *
 * @param values - at least two finite values
 * @returns mean, sample standard deviation (divisor n - 1) and skewness
 */
export function moments(values: Float64Array): { mean: number; sd: number; skewness: number } {
  const n = values.length;
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const scale = largest > 1e100 || (largest < 1e-100 && largest > 0) ? largest : 1;
  let sum = 0;
  for (const value of values) sum += value / scale;
  const rough = sum / n;
  let error = 0;
  for (const value of values) error += value / scale - rough;
  const mean = rough + error / n;
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    const d = value / scale - mean;
    squares += d * d;
    cubes += d * d * d;
  }
  const constant = values.every((value) => value === values[0]);
  if (constant) return { mean: values[0]!, sd: 0, skewness: 0 };
  return {
    mean: mean * scale,
    sd: Math.sqrt(squares / (n - 1)) * scale,
    skewness: cubes / n / (squares / n) ** 1.5,
  };
}
