import { aurocOfClasses } from './auroc.js';
import { toBinary, toFloat64, type Labels, type Scores } from './classes.js';

/** AUROC with its structural components. */
export interface DelongParts {
  /** Area under the ROC curve. */
  auroc: number;
  /** For each defective image, the share of good images it outranks. */
  ofPositives: Float64Array;
  /** For each good image, the share of defective images that outrank it. */
  ofNegatives: Float64Array;
}

/**
 * Structural components of AUROC by mid-ranks, O(n log n).
 *
 * @param fn - caller, for the messages
 * @param scores - one per image
 * @param labels - one per image
 * @returns the area and one component per image, in the order of the images
 * @throws TypeError or RangeError if scores or labels are not well-formed
 * @see Sun and Xu, "Fast implementation of DeLong's algorithm", IEEE Signal Processing Letters 21(11), 2014
 */
export function delongParts(fn: string, scores: Scores, labels: Labels): DelongParts {
  const values = toFloat64(fn, 'scores', scores);
  const truth = toBinary(fn, labels, values.length);
  const positives = values.filter((_, i) => truth[i] === 1);
  const negatives = values.filter((_, i) => truth[i] === 0);
  const sortedPositives = positives.slice().sort();
  const sortedNegatives = negatives.slice().sort();
  const ofPositives = positives.map((v) => belowShare(sortedNegatives, v));
  const ofNegatives = negatives.map((v) => 1 - belowShare(sortedPositives, v));
  const auroc = aurocOfClasses({ positives: sortedPositives, negatives: sortedNegatives });
  return { auroc, ofPositives, ofNegatives };
}

/** Share of sorted values below a value, ties counting half. */
function belowShare(sorted: Float64Array, value: number): number {
  const bound = (admits: (v: number) => boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (admits(sorted[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (bound((v) => v < value) + bound((v) => v <= value)) / (2 * sorted.length);
}

/**
 * Variance of the mean of values, `sample variance / n`.
 *
 * @param values - at least two
 * @returns the variance; NaN for fewer
 */
export function varianceOfMean(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1) / values.length;
}
