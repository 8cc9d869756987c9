import { assertKnownOptions } from '@adlib/core';
import { assertConfidence, type Interval } from './bootstrapInterval.js';
import type { Labels, Scores } from './classes.js';
import { delongParts, varianceOfMean } from './delongParts.js';
import { normalQuantile } from './normal.js';

/** Options of {@link delongInterval}. */
export interface DelongOptions {
  /** Confidence, in (0, 1). @defaultValue 0.95 */
  confidence?: number;
}

/**
 * Interval of the AUROC without resampling: `A ± z sqrt(S10 / n+ + S01 / n-)` with the sample variances of DeLong's
 * structural components, cut to [0, 1]. When good and defective images separate completely the estimated variance is 0 and
 * the interval a point: it then says nothing of what more images would show.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @param options - confidence
 * @returns AUROC and interval; the ends are NaN when a class has fewer than 2 images, the estimate too when one is empty
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, the lengths differ, or an option is out of range
 * @example
 * ```ts
 * import { delongInterval } from '@adlib/metrics';
 * const { estimate, lower, upper } = delongInterval([0.1, 0.4, 0.35, 0.8, 0.2, 0.6], [0, 0, 1, 1, 0, 1]);
 * console.log(estimate, lower, upper); // 0.888..., 0.580..., 1
 * ```
 * @see DeLong, DeLong and Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating
 *   characteristic curves", Biometrics 44, 1988, equations 4 to 6
 */
export function delongInterval(scores: Scores, labels: Labels, options: DelongOptions = {}): Interval {
  const { confidence = 0.95 } = options;
  assertKnownOptions('delongInterval', options, ['confidence']);
  assertConfidence('delongInterval', confidence);
  const { auroc, ofPositives, ofNegatives } = delongParts('delongInterval', scores, labels);
  const standardError = Math.sqrt(varianceOfMean(ofPositives) + varianceOfMean(ofNegatives));
  const half = normalQuantile((1 + confidence) / 2) * standardError;
  return {
    estimate: auroc,
    lower: Math.max(auroc - half, 0),
    upper: Math.min(auroc + half, 1),
    standardError,
    confidence,
  };
}
