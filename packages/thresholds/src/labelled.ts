import type { Scores } from '@adlib/metrics';
import { brief, buildThreshold, percent } from './build.js';
import { readScores } from './scores.js';
import type { Threshold } from './threshold.js';

/** Options that every rule over labelled scores has. */
export interface LabelledOptions {
  /** Set it when the labels are those of the test set: the threshold is then marked `oracle`. @defaultValue false */
  oracle?: boolean;
}

/** A possible limit: what it flags, and how far apart the scores on its two sides are. */
export interface Candidate {
  /** The limit. */
  value: number;
  /** Good scores above it. */
  falseAlarms: number;
  /** Defective scores above it. */
  found: number;
  /** Distance between the scores on its two sides; 0 at the two ends. */
  gap: number;
}

/** How good a candidate is; larger is better. */
export type Objective = (candidate: Candidate, good: number, defective: number) => number;

/**
 * The number just below.
 *
 * @param x - a finite number
 * @returns a number smaller than `x` by a rounding error
 */
export function justBelow(x: number): number {
  return Math.min(x - Math.abs(x) * Number.EPSILON, x - Number.MIN_VALUE);
}

/**
 * A limit between two neighbouring scores: `low <= limit < high`, so that `high` is above it whatever is rounded.
 *
 * @param low - a score
 * @param high - the next larger score
 * @returns the midpoint
 */
export function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= high || middle < low ? low : middle;
}

/**
 * Visits every limit that makes a difference, ascending: below all scores, between each two neighbouring distinct scores,
 * and at the largest score (which flags nothing).
 *
 * @param good - ascending scores of good parts
 * @param defective - ascending scores of defective parts
 * @param visit - called once per distinct score and once more; the candidate is reused, so copy it to keep it
 */
export function eachCandidate(
  good: Float64Array,
  defective: Float64Array,
  visit: (candidate: Candidate) => void,
): void {
  const candidate: Candidate = { value: 0, falseAlarms: 0, found: 0, gap: 0 };
  let g = 0;
  let d = 0;
  let previous: number | undefined;
  while (g < good.length || d < defective.length) {
    const score = Math.min(good[g] ?? Infinity, defective[d] ?? Infinity);
    candidate.value = previous === undefined ? justBelow(score) : between(previous, score);
    candidate.gap = previous === undefined ? 0 : score - previous;
    candidate.falseAlarms = good.length - g;
    candidate.found = defective.length - d;
    visit(candidate);
    while (good[g] === score) g++;
    while (defective[d] === score) d++;
    previous = score;
  }
  if (previous !== undefined) visit({ value: previous, falseAlarms: 0, found: 0, gap: 0 });
}

/**
 * The candidate with the largest objective. Among equals: a limit between two scores beats one at the ends, then the
 * widest gap wins, then the lowest limit.
 *
 * @param good - ascending scores of good parts
 * @param defective - ascending scores of defective parts
 * @param objective - what to maximise
 * @returns the winner
 */
export function bestCandidate(good: Float64Array, defective: Float64Array, objective: Objective): Candidate {
  const best: Candidate = { value: NaN, falseAlarms: 0, found: 0, gap: -1 };
  let bestWorth = -Infinity;
  eachCandidate(good, defective, (candidate) => {
    const worth = objective(candidate, good.length, defective.length);
    const margin = bestWorth === -Infinity ? 0 : 1e-13 * Math.abs(bestWorth);
    if (worth > bestWorth + margin || (worth >= bestWorth - margin && candidate.gap > best.gap)) {
      Object.assign(best, candidate);
      bestWorth = Math.max(worth, bestWorth);
    }
  });
  return best;
}

/** A figure to optimise, and how it is named among the parameters. */
export interface Figure {
  /** Name among the parameters. */
  name: string;
  /** The figure at a candidate. */
  of: Objective;
  /** Whether a smaller figure is better. @defaultValue false */
  smaller?: boolean;
  /** The rule's own options, to be kept with the result. */
  parameters?: Record<string, number>;
}

/**
 * Fits a rule that optimises a figure over labelled scores, and measures by 5-fold cross-validation how much of that
 * figure is luck.
 *
 * @param rule - the rule's name
 * @param figure - what to optimise
 * @param scores - labelled scores and whether their labels are test labels
 * @returns the threshold; the stated rate is `(falseAlarms + 1/2) / (good + 1)`
 */
export function fitLabelled(
  rule: string,
  figure: Figure,
  scores: { good: Scores; defective: Scores; oracle: boolean },
): Threshold {
  const good = readScores(rule, 'good', scores.good);
  const defective = readScores(rule, 'defective', scores.defective);
  const { name, of, smaller = false, parameters = {} } = figure;
  const objective: Objective = smaller ? (...at) => -of(...at) : of;
  const heldOut = countHeldOut(good, defective, objective);
  const best = bestCandidate(good.sort(), defective.sort(), objective);
  const here = of(best, good.length, defective.length);
  const held = heldOut && of(heldOut, good.length, defective.length);
  const worse = held === undefined ? 0 : smaller ? held - here : here - held;
  return buildLabelled(rule, best, good.length, defective.length, scores.oracle, {
    parameters: { ...parameters, [name]: here, ...(held === undefined ? {} : { [`${name}CrossValidated`]: held }) },
    warnings:
      held !== undefined && worse > 0.05 * Math.abs(here)
        ? [
            `On held-out folds ${name} is ${brief(held)}, not ${brief(here)}: the limit follows the chance of these scores.`,
          ]
        : [],
  });
}

/**
 * The JSON form of a limit chosen with labels, with the warnings that all such rules share.
 *
 * @param rule - the rule's name
 * @param best - the limit and what it flags
 * @param good - number of good scores
 * @param defective - number of defective scores
 * @param oracle - whether the labels are test labels
 * @param own - the rule's own parameters and warnings, and the lower limit of a review band
 * @returns the threshold, plain JSON
 */
export function buildLabelled(
  rule: string,
  best: Pick<Candidate, 'value' | 'falseAlarms' | 'found'>,
  good: number,
  defective: number,
  oracle: boolean,
  own: { parameters: Record<string, number>; warnings: string[]; lower?: number },
): Threshold {
  const warnings = [...own.warnings];
  if (good < 30) warnings.push(`The limit stands on ${good} good scores; 30 or more are needed to trust it.`);
  if (defective < 30)
    warnings.push(`The limit stands on ${defective} defective scores; 30 or more are needed to trust it.`);
  if (best.found === 0) warnings.push('Nothing is flagged: these scores do not tell defective parts from good ones.');
  if (best.falseAlarms === good) warnings.push('Every good part is flagged.');
  if (oracle) warnings.push('Fitted with test labels: figures at this limit are not performance.');
  return buildThreshold({
    rule,
    value: best.value,
    lower: own.lower,
    expectedFalsePositiveRate: (best.falseAlarms + 0.5) / (good + 1),
    fittedOn: { n: good + defective, good, defective },
    parameters: {
      ...own.parameters,
      falsePositiveRate: best.falseAlarms / good,
      recall: best.found / defective,
    },
    oracle,
    warnings,
  });
}

/** What limits fitted without a part flag of it (part i is in fold i mod 5); undefined below 5 parts of either kind, and for so many that luck plays no part. */
function countHeldOut(good: Float64Array, defective: Float64Array, objective: Objective): Candidate | undefined {
  if (Math.min(good.length, defective.length) < 5 || good.length + defective.length > 200_000) return undefined;
  let falseAlarms = 0;
  let found = 0;
  for (let fold = 0; fold < 5; fold++) {
    const rest = (_: number, i: number): boolean => i % 5 !== fold;
    const { value } = bestCandidate(good.filter(rest).sort(), defective.filter(rest).sort(), objective);
    for (let i = fold; i < good.length; i += 5) if (good[i]! > value) falseAlarms++;
    for (let i = fold; i < defective.length; i += 5) if (defective[i]! > value) found++;
  }
  return { value: NaN, falseAlarms, found, gap: 0 };
}

/**
 * A sentence on a rate measured without a single event.
 *
 * @param what - the event, for example `missed`
 * @param upper - upper end of its 95 % interval
 * @returns the sentence
 */
export function noneSeen(what: string, upper: number): string {
  return `None of the given parts is ${what}, but the true rate may be up to ${percent(upper)} (95 % interval).`;
}
