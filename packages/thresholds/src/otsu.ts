import { argumentMessage, assertInteger, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { buildThreshold } from './build.js';
import { readSorted, shareAbove } from './scores.js';
import type { Threshold } from './threshold.js';

/** Options of {@link otsu}. */
export interface OtsuOptions {
  /** Bins of the histogram between the smallest and the largest score, 2 to 65,536. @defaultValue 256 */
  bins?: number;
}

/**
 * Otsu's split of unlabelled scores into two groups: the split of a histogram that maximises the variance between them,
 * `w1 w2 (m1 - m2)^2`. Where a gap makes several splits equally good, the middle of them is taken;
 * `parameters.firstMaximum` is the first, as scikit-image returns it.
 *
 * Both kinds of parts must be among the scores, in comparable numbers. On good parts alone it cuts the noise in two.
 * No false-positive rate follows from it, so none is stated.
 *
 * @param scores - scores of parts of both kinds, labels unknown
 * @param options - see {@link OtsuOptions}
 * @returns the threshold, plain JSON; `fittedOn.good` and `.defective` count the two groups it found
 * @throws RangeError if all scores are equal, one is not finite, or there are fewer than two
 * @example
 * ```ts
 * import { otsu } from '@adlib/thresholds';
 * console.log(otsu([0.1, 0.12, 0.15, 0.2, 0.22, 0.25, 0.7, 0.75, 0.9, 0.95]).value); // 0.4735...
 * ```
 * @see Otsu, "A threshold selection method from gray-level histograms", 1979; `skimage.filters.threshold_otsu`
 */
export function otsu(scores: Scores, options: OtsuOptions = {}): Threshold {
  const { bins = 256 } = options;
  assertKnownOptions('otsu', options, ['bins']);
  assertInteger('otsu', 'bins', bins, 2, 65536);
  const sorted = readSorted('otsu', 'scores', scores, 2);
  const low = sorted[0]!;
  const high = sorted.at(-1)!;
  const step = (high - low) / bins;
  if (!(step > 0) || !Number.isFinite(step)) {
    throw new RangeError(
      argumentMessage('otsu', 'scores', 'of two or more distinct values', scores, 'Otsu needs two groups of parts.'),
    );
  }
  const { first, last } = bestSplits(histogram(sorted, low, step, bins));
  const centre = (bin: number): number => low + (bin + 0.5) * step;
  const value = (centre(first) + centre(last)) / 2;
  const n = sorted.length;
  const defective = Math.round(shareAbove(sorted, value) * n);
  const warnings = [
    'Otsu assumes that both good and defective parts are among the scores; on good parts alone the limit is noise.',
  ];
  if (Math.min(defective, n - defective) < 0.1 * n) {
    warnings.push(
      `One of the two groups holds under 10 % of the scores (${defective} of ${n} above): the split is unreliable.`,
    );
  }
  return buildThreshold({
    rule: 'otsu',
    value,
    fittedOn: { n, good: n - defective, defective },
    parameters: { bins, firstMaximum: centre(first) },
    warnings,
  });
}

/** Counts per bin with numpy's edges: every bin is half open, the last one closed. */
function histogram(sorted: Float64Array, low: number, step: number, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  let bin = 0;
  for (const score of sorted) {
    while (bin < bins - 1 && score >= low + (bin + 1) * step) bin++;
    counts[bin]!++;
  }
  return counts;
}

/** First and last of the neighbouring splits that reach the maximum; a split is named by the last bin of the lower group. */
function bestSplits(counts: Float64Array): { first: number; last: number } {
  let total = 0;
  let moment = 0;
  counts.forEach((count, bin) => {
    total += count;
    moment += count * (bin + 0.5);
  });
  let best = -1;
  let first = 0;
  let last = 0;
  let weight = 0;
  let sum = 0;
  for (let bin = 0; bin < counts.length - 1; bin++) {
    weight += counts[bin]!;
    sum += counts[bin]! * (bin + 0.5);
    const apart = sum / weight - (moment - sum) / (total - weight);
    const variance = weight * (total - weight) * apart * apart;
    if (variance > best * (1 + 1e-12)) {
      best = variance;
      first = bin;
      last = bin;
    } else if (variance >= best * (1 - 1e-12) && last === bin - 1) {
      last = bin;
    }
  }
  return { first, last };
}
