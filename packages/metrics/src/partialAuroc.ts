import { assertKnownOptions, assertOneOf } from '@adlib/core';
import { operatingSteps, sortedClasses, type Labels, type Scores } from './classes.js';
import { assertFprLimit } from './gridFigures.js';

/** Options of {@link partialAuroc}. */
export interface PartialAurocOptions {
  /** False-positive rate up to which the curve counts, in (0, 1]. @defaultValue 0.1 */
  fprLimit?: number;
  /**
   * `limit`: area divided by `fprLimit`, in [0, 1], chance is `fprLimit / 2`. `mcclish`: rescaled so that chance is 0.5
   * and a perfect ranking 1. `none`: the area itself. @defaultValue 'limit'
   */
  scale?: 'limit' | 'mcclish' | 'none';
}

/**
 * Area under the ROC curve from FPR 0 to a limit, ties grouped, cut at the limit by linear interpolation. McClish's scale
 * is `(1 + (A - L^2 / 2) / (L - L^2 / 2)) / 2`.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @param options - limit and scale
 * @returns the area in the scale asked for; NaN when there is no good or no defective image
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, the lengths differ, or an option is out of range
 * @example
 * ```ts
 * import { partialAuroc } from '@adlib/metrics';
 * console.log(partialAuroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], { fprLimit: 0.5 })); // 0.5
 * ```
 * @see McClish, "Analyzing a portion of the ROC curve", Medical Decision Making 9(3), 1989
 */
export function partialAuroc(scores: Scores, labels: Labels, options: PartialAurocOptions = {}): number {
  const { fprLimit = 0.1, scale = 'limit' } = options;
  assertKnownOptions('partialAuroc', options, ['fprLimit', 'scale']);
  assertFprLimit('partialAuroc', fprLimit);
  assertOneOf('partialAuroc', 'scale', scale, ['limit', 'mcclish', 'none']);
  const classes = sortedClasses('partialAuroc', scores, labels);
  const good = classes.negatives.length;
  const defective = classes.positives.length;
  if (good === 0 || defective === 0) return NaN;
  const { tp, fp } = operatingSteps(classes);
  let area = 0;
  for (let k = 1; k < tp.length && fp[k - 1]! / good < fprLimit; k++) {
    const left = fp[k - 1]! / good;
    const right = fp[k]! / good;
    if (right === left) continue;
    const yLeft = tp[k - 1]! / defective;
    const yRight = tp[k]! / defective;
    const end = Math.min(right, fprLimit);
    const yEnd = yLeft + ((yRight - yLeft) * (end - left)) / (right - left);
    area += ((end - left) * (yLeft + yEnd)) / 2;
  }
  if (scale === 'none') return area;
  if (scale === 'limit') return area / fprLimit;
  const chance = fprLimit ** 2 / 2;
  return (1 + (area - chance) / (fprLimit - chance)) / 2;
}
