import { toFloat64, type Scores } from './classes.js';

/** Result of {@link seedSpread}. */
export interface SeedSpread {
  /** Number of seeds. */
  n: number;
  /** Mean. */
  mean: number;
  /** Sample standard deviation (n - 1); NaN for one seed. */
  sd: number;
  /** Standard error of the mean, `sd / sqrt(n)`; NaN for one seed. */
  standardError: number;
  /** Least value. */
  min: number;
  /** Greatest value. */
  max: number;
}

/**
 * Mean and spread of one figure over several seeds.
 *
 * @param values - the figure of each seed; not modified
 * @returns mean, sample standard deviation and range; every figure but `n` is NaN when there are no values
 * @throws TypeError or RangeError if a value is no number or NaN
 * @example
 * ```ts
 * import { seedSpread } from '@adlib/metrics';
 * console.log(seedSpread([0.95, 0.97, 0.96])); // mean 0.96, sd 0.01, min 0.95, max 0.97
 * ```
 */
export function seedSpread(values: Scores): SeedSpread {
  const sorted = toFloat64('seedSpread', 'values', values).sort();
  const n = sorted.length;
  const mean = sorted.reduce((sum, v) => sum + v, 0) / n;
  const sd = n < 2 ? NaN : Math.sqrt(sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  return { n, mean, sd, standardError: sd / Math.sqrt(n), min: sorted[0] ?? NaN, max: sorted[n - 1] ?? NaN };
}
