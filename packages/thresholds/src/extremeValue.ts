import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  createRandom,
} from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { brief, buildThreshold, onGood } from './build.js';
import {
  andersonDarling,
  fitParetoByLikelihood,
  fitParetoByMoments,
  paretoQuantile,
  paretoTail,
} from './generalisedPareto.js';
import type { GeneralisedPareto } from './generalisedPareto.js';
import { countAtMost, quantileOfSorted, readSorted } from './scores.js';
import type { Threshold } from './threshold.js';

/** Options of {@link extremeValue}. */
export interface ExtremeValueOptions {
  /** False-positive rate to aim at, above 0 and below `tail`. @defaultValue 0.001 */
  fpr?: number;
  /** Share of the largest scores that is taken for the tail, in (0, 0.5]. @defaultValue 0.1 */
  tail?: number;
  /** Fit by maximum likelihood or by probability-weighted moments. @defaultValue 'likelihood' */
  method?: 'likelihood' | 'moments';
  /** Fewer scores in the tail than this are refused; at least 10. @defaultValue 30 */
  minExcesses?: number;
  /** Simulated samples for the goodness of fit and the interval, 19 to 10,000. @defaultValue 200 */
  resamples?: number;
  /** Seed of the simulation. @defaultValue 0 */
  seed?: number;
}

/**
 * Peaks over threshold: a generalised Pareto distribution is fitted to the excesses `y = s - t` of the `N` scores above
 * the high level `t`, and the limit is read off its tail: `T = t + (scale / shape) ((fpr n / N)^(-shape) - 1)`. It is the
 * rule for rates too small to count, down to about `1 / (10 n)`.
 *
 * `parameters` holds the fit, its Anderson-Darling distance with the p-value of a parametric bootstrap (a small one:
 * the tail is not of this form), and the 95 % bootstrap interval `low`, `high` of the limit at the fitted level.
 *
 * The stated false-positive rate is above `fpr`: it is the mean rate of limits fitted to samples of this size from the
 * fitted tail, as a limit set too low costs more false alarms than one set too high saves.
 *
 * @param good - scores of good parts that were not trained on, raw units
 * @param options - see {@link ExtremeValueOptions}
 * @returns the threshold, plain JSON; the same seed gives the same result
 * @throws RangeError if the tail holds fewer than `minExcesses` scores above `t`, or `fpr` is not below the tail's share
 * @example
 * ```ts
 * import { extremeValue } from '@adlib/thresholds';
 * const good = Array.from({ length: 2000 }, (_, i) => -Math.log((i + 0.5) / 2000)); // exponential scores
 * console.log(extremeValue(good, { fpr: 0.001 }).value); // near ln 1000 = 6.9
 * ```
 * @see Siffer et al., "Anomaly detection in streams with extreme value theory", 2017, equation 1; Hosking and Wallis, 1987
 */
export function extremeValue(good: Scores, options: ExtremeValueOptions = {}): Threshold {
  const { fpr = 0.001, tail = 0.1, method = 'likelihood', minExcesses = 30, resamples = 200, seed = 0 } = options;
  assertKnownOptions('extremeValue', options, ['fpr', 'tail', 'method', 'minExcesses', 'resamples', 'seed']);
  assertPositive('fpr', fpr, 1);
  assertPositive('tail', tail, 0.5);
  assertOneOf('extremeValue', 'method', method, ['likelihood', 'moments']);
  assertInteger('extremeValue', 'minExcesses', minExcesses, 10);
  assertInteger('extremeValue', 'resamples', resamples, 19, 10_000);
  const sorted = readSorted('extremeValue', 'good', good);
  const n = sorted.length;
  const { level, excesses } = takeTail(sorted, tail, minExcesses);
  const share = excesses.length / n;
  if (fpr >= share) {
    throw new RangeError(
      argumentMessage(
        'extremeValue',
        'fpr',
        `below the tail's share ${brief(share)}`,
        fpr,
        'Try quantile or conformal.',
      ),
    );
  }
  const fitTail = method === 'likelihood' ? fitParetoByLikelihood : fitParetoByMoments;
  const fit = fitTail(excesses);
  const distance = andersonDarling(excesses, fit);
  const { pValue, low, high, tailRate } = simulate(fit, excesses.length, {
    fitTail,
    distance,
    risk: fpr / share,
    resamples,
    seed,
  });
  const value = level + paretoQuantile(fpr / share, fit);
  return buildThreshold({
    rule: 'extremeValue',
    value,
    expectedFalsePositiveRate: share * tailRate,
    fittedOn: onGood(n),
    parameters: {
      fpr,
      tail,
      method,
      level,
      excesses: excesses.length,
      ...fit,
      andersonDarling: distance,
      pValue,
      low: level + low,
      high: level + high,
    },
    warnings: warningsOf({ n, fpr, fit, pValue, value, spread: high - low, reach: value - level }),
  });
}

function assertPositive(arg: string, value: number, most: number): void {
  assertFinite('extremeValue', arg, value);
  if (value <= 0 || value > most) {
    throw new RangeError(argumentMessage('extremeValue', arg, `in (0, ${most}]`, value));
  }
}

/** The level below the largest `tail n` scores, and the ascending excesses over it. */
function takeTail(sorted: Float64Array, tail: number, least: number): { level: number; excesses: Float64Array } {
  const n = sorted.length;
  const level = sorted[Math.max(n - 1 - Math.floor(tail * n * (1 + 1e-12)), 0)]!;
  const excesses = sorted.slice(countAtMost(sorted, level)).map((score) => score - level);
  if (excesses.length < least) {
    const needed = Math.ceil(least / tail);
    throw new RangeError(
      `extremeValue: good must have at least ${least} scores in its upper ${brief(100 * tail)} %, got ${excesses.length} of ${n}. ` +
        (n < needed ? `Give ${needed} or more scores, or try conformal.` : 'Too many scores are equal: try conformal.'),
    );
  }
  return { level, excesses };
}

interface Simulation {
  fitTail: (sorted: Float64Array) => GeneralisedPareto;
  distance: number;
  risk: number;
  resamples: number;
  seed: number;
}

/** Draws samples from the fit and fits them again: how often they lie as far off, where their limits lie, and what rate these limits have under the fit. */
function simulate(
  fit: GeneralisedPareto,
  size: number,
  how: Simulation,
): { pValue: number; low: number; high: number; tailRate: number } {
  const random = createRandom(how.seed).split('extremeValue');
  const limits = new Float64Array(how.resamples);
  let farther = 0;
  let tailRate = 0;
  for (let i = 0; i < how.resamples; i++) {
    const sample = Float64Array.from({ length: size }, () => paretoQuantile(1 - random.uniform(), fit)).sort();
    const again = how.fitTail(sample);
    if (andersonDarling(sample, again) >= how.distance) farther++;
    limits[i] = paretoQuantile(how.risk, again);
    tailRate += paretoTail(limits[i]!, fit) / how.resamples;
  }
  limits.sort();
  return {
    pValue: (farther + 1) / (how.resamples + 1),
    low: quantileOfSorted(limits, 0.025),
    high: quantileOfSorted(limits, 0.975),
    tailRate,
  };
}

function warningsOf(facts: {
  n: number;
  fpr: number;
  fit: GeneralisedPareto;
  pValue: number;
  value: number;
  spread: number;
  reach: number;
}): string[] {
  const { n, fpr, fit, pValue, spread, reach } = facts;
  const warnings: string[] = [];
  if (pValue < 0.05) {
    warnings.push(
      `The tail does not look like a generalised Pareto distribution (p = ${brief(pValue)}): try a smaller tail, or conformal.`,
    );
  }
  if (fpr * n < 0.1) {
    warnings.push(
      `A rate of ${fpr} lies far beyond ${n} scores: the limit stands on the assumed form of the tail alone.`,
    );
  }
  if (spread > reach) {
    warnings.push(
      `The limit is uncertain: its 95 % interval is ${brief(spread)} wide, and it lies ${brief(reach)} above the tail's start.`,
    );
  }
  if (fit.shape >= 0.5) {
    warnings.push(`The tail is very heavy (shape ${brief(fit.shape)}): look for defective parts among the good ones.`);
  }
  return warnings;
}
