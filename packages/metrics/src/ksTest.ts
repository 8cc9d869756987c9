import type { Scores } from './classes.js';
import { sortedSamples } from './samples.js';

/** Cells of the path count up to which the p-value is exact. */
const EXACT_CELLS = 1e7;

/** Result of {@link ksTest}. */
export interface KsTest {
  /** Greatest distance between the two empirical distribution functions, in [0, 1]. */
  statistic: number;
  /** Probability of a distance at least as great when both samples come from one continuous distribution. */
  pValue: number;
  /** Whether the p-value counts all orders (up to 10 million pairs) or is Kolmogorov's limit for large samples. */
  exact: boolean;
}

/**
 * Two-sample Kolmogorov-Smirnov test: have the scores drifted? `D = max |F_a - F_b|`. With ties the p-value is an upper
 * bound.
 *
 * @param reference - scores of the first sample, for example from calibration; not modified
 * @param current - scores of the second sample; not modified
 * @returns statistic and two-sided p-value
 * @throws TypeError or RangeError if a sample is empty or a score is NaN
 * @example
 * ```ts
 * import { ksTest } from '@adlib/metrics';
 * console.log(ksTest([1, 2, 3, 4], [3, 4, 5, 6, 7])); // statistic 0.6, p-value 0.285...
 * ```
 * @see Hodges, "The significance probability of the Smirnov two-sample test", Arkiv för Matematik 3, 1958
 */
export function ksTest(reference: Scores, current: Scores): KsTest {
  const [a, b] = sortedSamples('ksTest', reference, current);
  const most = greatestDistance(a, b);
  const pairs = a.length * b.length;
  const exact = pairs <= EXACT_CELLS;
  const statistic = most / pairs;
  const pValue = exact
    ? pathsOutside(a.length, b.length, most)
    : kolmogorovTail(statistic * Math.sqrt(pairs / (a.length + b.length)));
  return { statistic, pValue, exact };
}

/** `n m D`, a whole number. */
function greatestDistance(a: Float64Array, b: Float64Array): number {
  let i = 0;
  let j = 0;
  let most = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    most = Math.max(most, Math.abs(i * b.length - j * a.length));
  }
  return most;
}

/** Share of all orders of the two samples whose distance reaches `most`, by counting lattice paths column by column. */
function pathsOutside(n: number, m: number, most: number): number {
  if (most === 0) return 1;
  // share[j] = probability that a random path from (0, 0) to (i, j) has left the band |i m - j n| < most.
  const share = new Float64Array(m + 1);
  for (let j = 1; j <= m; j++) share[j] = j * n >= most ? 1 : share[j - 1]!;
  for (let i = 1; i <= n; i++) {
    share[0] = i * m >= most ? 1 : share[0]!;
    for (let j = 1; j <= m; j++) {
      share[j] = Math.abs(i * m - j * n) >= most ? 1 : (i * share[j]! + j * share[j - 1]!) / (i + j);
    }
  }
  return share[m]!;
}

/** Kolmogorov's limit distribution, `2 sum (-1)^(k-1) exp(-2 k^2 x^2)`. */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(Math.max(sum, 0), 1);
}
