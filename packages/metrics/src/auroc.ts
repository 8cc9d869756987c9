import { sortedClasses, type Classes, type Labels, type Scores } from './classes.js';
import { Scratch } from './scratch.js';

const scratch = new Scratch();

/**
 * Area under the ROC curve, exact: the share of (defective, good) pairs in which the defective one scores higher, a tie
 * counting half, `AUROC = (R+ - n+ (n+ + 1) / 2) / (n+ n-)` with R+ the sum of mid-ranks of the defective ones. Scores
 * are compared as they are: no scaling, no clamping. O(n).
 *
 * @param scores - one per image, higher = more anomalous; not modified; infinities are ordered like other numbers
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @returns a number in [0, 1]; NaN when there is no good or no defective image
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { auroc } from '@adlib/metrics';
 * console.log(auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])); // 0.75
 * ```
 * @see Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006, section 7
 */
export function auroc(scores: Scores, labels: Labels): number {
  return aurocOfClasses(sortedClasses('auroc', scores, labels, (n) => scratch.borrow(n)));
}

/**
 * AUROC of two sorted classes by one merge.
 *
 * @param classes - scores of each class, sorted ascending
 * @returns the area, or NaN when a class is empty
 */
export function aurocOfClasses({ positives, negatives }: Classes): number {
  let below = 0;
  let belowOrEqual = 0;
  let twice = 0;
  for (let i = 0; i < positives.length; i++) {
    const score = positives[i]!;
    while (below < negatives.length && negatives[below]! < score) below++;
    if (belowOrEqual < below) belowOrEqual = below;
    while (belowOrEqual < negatives.length && negatives[belowOrEqual]! === score) belowOrEqual++;
    twice += below + belowOrEqual;
  }
  return twice / 2 / (positives.length * negatives.length);
}
