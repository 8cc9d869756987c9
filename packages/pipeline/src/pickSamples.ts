import type { EvaluationSample, ImageResult } from './results.js';

/** How many pictures of each kind a report shows. */
export interface SampleCounts {
  /** Decided wrongly by the widest margin; where nothing was wrong, rightly by the narrowest. @defaultValue 6 */
  worst?: number;
  /** Nearest to the threshold. @defaultValue 4 */
  borderline?: number;
  /** Decided rightly by the widest margin; half of them good, half defective, where there are both. @defaultValue 4 */
  best?: number;
}

/** One picked row. */
export interface Pick {
  /** Why. */
  kind: EvaluationSample['kind'];
  /** Index in the results. */
  index: number;
}

/**
 * Picks the rows whose pictures a person should see; none twice. Ties go to the earlier row.
 *
 * @param images - the rows
 * @param limit - the threshold
 * @param counts - how many of each kind
 * @returns picks: worst first, then borderline, then best
 */
export function pickSamples(images: readonly ImageResult[], limit: number, counts: SampleCounts = {}): Pick[] {
  const { worst = 6, borderline = 4, best = 4 } = counts;
  const left = new Set(images.keys());
  /** How far on the wrong side of the threshold. */
  const wrongness = (i: number) => (images[i]!.label === 'good' ? 1 : -1) * (images[i]!.score - limit);
  const take = (
    kind: Pick['kind'],
    count: number,
    badness: (i: number) => number,
    allowed: (i: number) => boolean,
  ): Pick[] => {
    const order = [...left].filter(allowed).sort((a, b) => badness(b) - badness(a) || a - b);
    const taken = order.slice(0, Math.max(0, count));
    taken.forEach((i) => left.delete(i));
    return taken.map((index) => ({ kind, index }));
  };
  const isDefective = (i: number) => images[i]!.label === 'defective';
  const rightly = (i: number) => -wrongness(i);
  const decidedRightly = (i: number) => wrongness(i) <= 0;
  const worstPicks = take('worst', worst, wrongness, () => true);
  const borderlinePicks = take(
    'borderline',
    borderline,
    (i) => -Math.abs(images[i]!.score - limit),
    () => true,
  );
  const bestDefective = take('best', Math.ceil(best / 2), rightly, (i) => isDefective(i) && decidedRightly(i));
  const bestGood = take('best', best - bestDefective.length, rightly, (i) => !isDefective(i) && decidedRightly(i));
  const rest = take('best', best - bestDefective.length - bestGood.length, rightly, decidedRightly);
  return [...worstPicks, ...borderlinePicks, ...bestDefective, ...bestGood, ...rest];
}
