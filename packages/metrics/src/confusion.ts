import { argumentMessage } from '@adlib/core';
import { toBinary, toFloat64, type Labels, type Scores } from './classes.js';

/** Counts and rates at one threshold; defective is the positive class. A rate whose denominator is 0 is NaN. */
export interface Confusion {
  /** Defective images flagged. */
  tp: number;
  /** Good images flagged. */
  fp: number;
  /** Good images passed. */
  tn: number;
  /** Defective images passed. */
  fn: number;
  /** `(TP + TN) / n`. */
  accuracy: number;
  /** Mean of recall and specificity. */
  balancedAccuracy: number;
  /** `TP / (TP + FP)`: share of flagged images that are defective. */
  precision: number;
  /** `TP / (TP + FN)`: share of defective images flagged. */
  recall: number;
  /** `TN / (TN + FP)`: share of good images passed. */
  specificity: number;
  /** `2 TP / (2 TP + FP + FN)`. */
  f1: number;
  /** Matthews correlation coefficient, in [-1, 1]. */
  mcc: number;
}

/**
 * Confusion matrix at a threshold, and the rates that follow from it. An image is flagged as defective when
 * `score > threshold`.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @param threshold - the limit, in the units of the scores; infinities flag nothing or everything
 * @returns counts and rates; NaN where a rate is undefined (precision when nothing is flagged, recall without defective
 *   images, MCC when a row or column of the matrix is empty)
 * @throws TypeError or RangeError if a score or the threshold is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { confusion } from '@adlib/metrics';
 * const { tp, fp, tn, fn, f1 } = confusion([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.3);
 * console.log(tp, fp, tn, fn, f1); // 2 1 1 0 0.8
 * ```
 */
export function confusion(scores: Scores, labels: Labels, threshold: number): Confusion {
  const values = toFloat64('confusion', 'scores', scores);
  const isPositive = toBinary('confusion', labels, values.length);
  if (typeof threshold !== 'number' || Number.isNaN(threshold)) {
    const ErrorKind = typeof threshold === 'number' ? RangeError : TypeError;
    throw new ErrorKind(argumentMessage('confusion', 'threshold', 'a number', threshold));
  }
  let tp = 0;
  let fp = 0;
  let defective = 0;
  for (let i = 0; i < values.length; i++) {
    defective += isPositive[i]!;
    if (values[i]! > threshold) {
      if (isPositive[i] === 1) tp++;
      else fp++;
    }
  }
  return ratesOf(tp, fp, values.length - defective - fp, defective - tp);
}

/**
 * The rates of a confusion matrix.
 *
 * @param tp - defective and flagged
 * @param fp - good and flagged
 * @param tn - good and passed
 * @param fn - defective and passed
 * @returns counts and rates, NaN where a denominator is 0
 */
function ratesOf(tp: number, fp: number, tn: number, fn: number): Confusion {
  const recall = tp / (tp + fn);
  const specificity = tn / (tn + fp);
  return {
    tp,
    fp,
    tn,
    fn,
    accuracy: (tp + tn) / (tp + fp + tn + fn),
    balancedAccuracy: (recall + specificity) / 2,
    precision: tp / (tp + fp),
    recall,
    specificity,
    f1: (2 * tp) / (2 * tp + fp + fn),
    mcc: (tp * tn - fp * fn) / (Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn)),
  };
}
