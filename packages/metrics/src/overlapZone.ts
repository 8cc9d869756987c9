import { sortedClasses, type Labels, type Scores } from './classes.js';

/** Result of {@link overlapZone}. */
export interface OverlapZone {
  /** Least score of a defective image: below it every image is good. NaN without a zone. */
  lower: number;
  /** Greatest score of a good image: above it every image is defective. NaN without a zone. */
  upper: number;
  /** Good images in the zone. */
  good: number;
  /** Defective images in the zone. */
  defective: number;
  /** Share of all images in the zone, in [0, 1]. */
  share: number;
}

/**
 * The range of scores in which good and defective images mix, `[least defective score, greatest good score]`, ends
 * included: outside it these images are told apart without error, inside they are not. No zone = they separate completely.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @returns the zone and who is in it; limits NaN and counts 0 when the classes separate or one is missing
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { overlapZone } from '@adlib/metrics';
 * console.log(overlapZone([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])); // 0.35 to 0.4, one of each, share 0.5
 * ```
 */
export function overlapZone(scores: Scores, labels: Labels): OverlapZone {
  const { positives, negatives } = sortedClasses('overlapZone', scores, labels);
  const lower = positives[0] ?? Infinity;
  const upper = negatives.at(-1) ?? -Infinity;
  if (!(lower <= upper)) return { lower: NaN, upper: NaN, good: 0, defective: 0, share: 0 };
  const good = negatives.filter((score) => score >= lower).length;
  const defective = positives.filter((score) => score <= upper).length;
  return { lower, upper, good, defective, share: (good + defective) / (positives.length + negatives.length) };
}
