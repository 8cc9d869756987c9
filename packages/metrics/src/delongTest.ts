import type { Labels, Scores } from './classes.js';
import { delongParts, varianceOfMean } from './delongParts.js';
import { normalTail } from './normal.js';

/** Result of {@link delongTest}. */
export interface DelongTest {
  /** AUROC of the first detector. */
  aurocA: number;
  /** AUROC of the second detector. */
  aurocB: number;
  /** `aurocA - aurocB`. */
  difference: number;
  /** Standard error of the difference. */
  standardError: number;
  /** `difference / standardError`; 0 when both are 0. */
  z: number;
  /** Two-sided p-value under the normal approximation: small = the detectors differ. */
  pValue: number;
}

/**
 * DeLong's test: do two detectors, scored on the same images, differ in AUROC? The variance of the difference takes the
 * correlation of the two into account.
 *
 * @param scoresA - scores of the first detector, one per image; not modified
 * @param scoresB - scores of the second detector on the same images in the same order; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @returns both areas, their difference and its p-value; NaN when a class has fewer than 2 images
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { delongTest } from '@adlib/metrics';
 * const labels = [0, 0, 0, 1, 1, 1];
 * const { difference, pValue } = delongTest([1, 2, 3, 4, 5, 6], [1, 4, 3, 2, 5, 6], labels);
 * console.log(difference, pValue); // 0.222..., 0.371...
 * ```
 * @see DeLong, DeLong and Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating
 *   characteristic curves", Biometrics 44, 1988, equation 8
 */
export function delongTest(scoresA: Scores, scoresB: Scores, labels: Labels): DelongTest {
  const a = delongParts('delongTest', scoresA, labels);
  const b = delongParts('delongTest', scoresB, labels);
  // The variance of a difference of means is the variance of the mean of the paired differences.
  const variance =
    varianceOfMean(a.ofPositives.map((v, i) => v - b.ofPositives[i]!)) +
    varianceOfMean(a.ofNegatives.map((v, i) => v - b.ofNegatives[i]!));
  const standardError = Math.sqrt(variance);
  const difference = a.auroc - b.auroc;
  const z = difference === 0 && standardError === 0 ? 0 : difference / standardError;
  return {
    aurocA: a.auroc,
    aurocB: b.auroc,
    difference,
    standardError,
    z,
    pValue: Math.min(2 * normalTail(Math.abs(z)), 1),
  };
}
