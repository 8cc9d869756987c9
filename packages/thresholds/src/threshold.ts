/** What a threshold was fitted on. */
export interface FittedOn {
  /** Scores it stands on. */
  n: number;
  /** Good ones among them. */
  good: number;
  /** Defective ones among them. */
  defective: number;
}

/**
 * A decision rule over raw scores, as plain JSON. An image is defective when `score > value`. With `lower` there is a
 * review band: scores in `(lower, value]` are for a person to look at.
 */
export interface Threshold {
  /** Name of the rule, for example `meanPlusSigma`. */
  readonly rule: string;
  /** The limit, in the detector's raw units: above it an image is defective. */
  readonly value: number;
  /** Lower limit of the review band; absent when there is none. */
  readonly lower?: number;
  /** Share of good images expected above `value`, as the rule implies it; absent where the rule implies none. */
  readonly expectedFalsePositiveRate?: number;
  /** What it was fitted on. */
  readonly fittedOn: FittedOn;
  /** The rule's own parameters, for example `{ k: 2, mean: 0.01, sd: 0.002 }`. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Present and true when test labels were used: never a figure to report as performance. */
  readonly oracle?: true;
  /** Plain sentences on what not to believe (too few scores, ...); empty when there is nothing to say. */
  readonly warnings: readonly string[];
}

/** What is decided of one image. */
export type Decision = 'good' | 'defective' | 'review';

/**
 * Decides on one score: `defective` if `score > value`, `review` if it lies in the band `(lower, value]`, else `good`.
 *
 * @param threshold - the rule
 * @param score - a raw score of the detector the threshold was fitted for
 * @returns the decision; a NaN score is `defective`, since nothing good can be said of it
 * @example
 * ```ts
 * import { decide } from '@adlib/thresholds';
 * const threshold = { rule: 'fixed', value: 0.5, fittedOn: { n: 0, good: 0, defective: 0 }, parameters: {}, warnings: [] };
 * console.log(decide(threshold, 0.7)); // defective
 * ```
 */
export function decide(threshold: Threshold, score: number): Decision {
  if (!(score <= threshold.value)) return 'defective';
  return threshold.lower !== undefined && score > threshold.lower ? 'review' : 'good';
}
