import type { Threshold } from '@adlib/thresholds';

/** What an evaluation saw, as far as it decides what to warn of. */
export interface EvaluationFacts {
  /** Good test images. */
  good: number;
  /** Defective test images. */
  defective: number;
  /** Defective test images without a mask. */
  withoutMask: number;
  /** Defective test images whose mask marks no pixel. */
  emptyMask: number;
  /** Whether the detector gave maps. */
  maps: boolean;
  /** Ids of test images whose content was also used for training, validation or calibration. */
  seenBefore: readonly string[];
  /** Ids of test images whose content is in the test set more than once. */
  repeated: readonly string[];
  /** Test images whose label is disputed. */
  disputed: number;
  /** The threshold used. */
  threshold: Threshold;
}

/** Good test images from which on a false-positive rate can be read to about 5 %. */
const ENOUGH_GOOD = 30;
/** Defective test images from which on a detection rate can be read to about 10 %. */
const ENOUGH_DEFECTIVE = 60;

/**
 * Plain sentences on what a reader must know before trusting the figures.
 *
 * @param facts - what was seen
 * @returns sentences, the gravest first; empty when there is nothing to say
 */
export function evaluationWarnings(facts: EvaluationFacts): string[] {
  const { good, defective, threshold } = facts;
  const warnings: string[] = [];
  if (facts.seenBefore.length > 0) {
    warnings.push(
      `${images(facts.seenBefore)} also used for training, validation or calibration: the figures are too good. Leave them out of the test set.`,
    );
  }
  if (threshold.oracle === true) {
    warnings.push(
      'The threshold was chosen with the labels of test images (oracle): rates at the threshold are not performance.',
    );
  }
  if (good === 0) warnings.push('No good test images: AUROC, specificity and the false-positive rate are undefined.');
  else if (good < ENOUGH_GOOD) warnings.push(tooFew(good, 'good', ENOUGH_GOOD, 'false-positive rate'));
  if (defective === 0) warnings.push('No defective test images: AUROC, recall and F1 are undefined.');
  else if (defective < ENOUGH_DEFECTIVE)
    warnings.push(tooFew(defective, 'defective', ENOUGH_DEFECTIVE, 'detection rate'));
  if (facts.repeated.length > 0) {
    warnings.push(`${images(facts.repeated)} in the test set more than once: they count more than once.`);
  }
  if (!facts.maps) warnings.push('The detector gives no anomaly maps: there are no pixel figures.');
  else if (defective > 0 && facts.withoutMask === defective) {
    warnings.push('No defective test image has a mask: there are no pixel figures.');
  } else if (facts.withoutMask > 0) {
    warnings.push(
      `${facts.withoutMask} of ${defective} defective test images have no mask and are left out of the pixel figures.`,
    );
  }
  if (facts.emptyMask > 0) {
    warnings.push(
      `${facts.emptyMask} defective test images have a mask that marks no pixel; their pixels count as good.`,
    );
  }
  if (facts.disputed > 0) {
    const what =
      facts.disputed === 1
        ? '1 test image is disputed and left'
        : `${facts.disputed} test images are disputed and left`;
    warnings.push(`${what} out of all figures; they are listed apart.`);
  }
  return [...warnings, ...threshold.warnings.map((text) => `Threshold: ${text}`)];
}

function images(ids: readonly string[]): string {
  const names = ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', ...' : '');
  return ids.length === 1 ? `1 test image (${names}) is` : `${ids.length} test images (${names}) are`;
}

function tooFew(count: number, kind: string, enough: number, rate: string): string {
  // Half width of the 95 % interval of a rate near 1/2 is 0.98 / sqrt(n): the widest it can be.
  const points = Math.round(98 / Math.sqrt(count));
  return `Only ${count} ${kind} test image${count === 1 ? '' : 's'} (${enough} or more are advised): the ${rate} may be off by up to ${points} percentage points.`;
}
