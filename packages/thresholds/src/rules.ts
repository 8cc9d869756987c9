import { argumentMessage, assertOneOf } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { conformal } from './conformal.js';
import { cost } from './cost.js';
import type { CostOptions } from './cost.js';
import { extremeValue } from './extremeValue.js';
import { maxAccuracy } from './maxAccuracy.js';
import { maxBalancedAccuracy } from './maxBalancedAccuracy.js';
import { maxF1 } from './maxF1.js';
import { meanPlusSigma } from './meanPlusSigma.js';
import { medianMultiple } from './medianMultiple.js';
import type { MedianMultipleOptions } from './medianMultiple.js';
import { medianPlusMad } from './medianPlusMad.js';
import { otsu } from './otsu.js';
import { quantile } from './quantile.js';
import { reviewBand } from './reviewBand.js';
import { readScores } from './scores.js';
import type { ScoreSets } from './scores.js';
import { targetFpr } from './targetFpr.js';
import { targetRecall } from './targetRecall.js';
import type { Threshold } from './threshold.js';

/** A threshold rule as a command line or a configuration file sees it. */
export interface ThresholdRule {
  /** Name, the same as the function's. */
  readonly name: string;
  /** Which scores it learns from: good ones; any, whatever their labels; or both kinds with their labels. */
  readonly needs: 'good' | 'any' | 'both';
  /** What it does, in one line. */
  readonly summary: string;
  /** Fits it; `options` are those of the function of that name. */
  fit(scores: ScoreSets, options?: object): Threshold;
}

const rules: readonly ThresholdRule[] = [
  fromGood('meanPlusSigma', meanPlusSigma, 'mean plus k standard deviations of good scores'),
  fromGood('medianPlusMad', medianPlusMad, 'median plus k robust standard deviations of good scores'),
  fromGood('quantile', quantile, 'a quantile of good scores'),
  fromGood('conformal', conformal, 'the order statistic that keeps a false-positive rate at any distribution'),
  fromGood('targetFpr', targetFpr, 'the lowest good score with at most a given share of good scores above it'),
  fromGood('extremeValue', extremeValue, 'a small false-positive rate from the fitted tail of good scores'),
  fromAny(
    'medianMultiple',
    (scores, options) => medianMultiple(scores, options as MedianMultipleOptions),
    'lambda times the median',
  ),
  fromAny('otsu', otsu, 'the split of unlabelled scores into two groups'),
  fromBoth('maxAccuracy', maxAccuracy, 'highest accuracy over labelled scores'),
  fromBoth('maxBalancedAccuracy', maxBalancedAccuracy, 'highest balanced accuracy over labelled scores'),
  fromBoth('maxF1', maxF1, 'highest F1 over labelled scores'),
  fromBoth('targetRecall', targetRecall, 'highest limit that flags a given share of defective scores'),
  fromBoth(
    'cost',
    (good, defective, options) => cost(good, defective, options as CostOptions),
    'lowest cost of misses and false alarms',
  ),
  fromBoth('reviewBand', reviewBand, 'two limits with a band for review between them'),
];

function fromGood(name: string, rule: (good: Scores, options: object) => Threshold, summary: string): ThresholdRule {
  return { name, needs: 'good', summary, fit: ({ good }, options = {}) => rule(good, options) };
}

function fromAny(name: string, rule: (scores: Scores, options: object) => Threshold, summary: string): ThresholdRule {
  const fit = ({ good, defective }: ScoreSets, options: object = {}): Threshold =>
    rule(
      defective === undefined ? good : [...readScores(name, 'good', good), ...readScores(name, 'defective', defective)],
      options,
    );
  return { name, needs: 'any', summary, fit };
}

function fromBoth(
  name: string,
  rule: (good: Scores, defective: Scores, options: object) => Threshold,
  summary: string,
): ThresholdRule {
  const fit = ({ good, defective }: ScoreSets, options: object = {}): Threshold => {
    if (defective === undefined) {
      throw new TypeError(
        argumentMessage(
          'fitThreshold',
          'scores.defective',
          `given for ${name}`,
          undefined,
          'Try conformal, which needs none.',
        ),
      );
    }
    return rule(good, defective, options);
  };
  return { name, needs: 'both', summary, fit };
}

/** Every rule, in the order of the documentation. */
export const thresholdRules: readonly ThresholdRule[] = rules;

/**
 * Fits the rule of a given name: the entry for command lines and configuration files.
 *
 * @param name - one of {@link thresholdRules}, for example `meanPlusSigma`
 * @param scores - good scores, and defective ones for the rules that learn from both
 * @param options - the options of the function of that name
 * @returns the threshold, plain JSON
 * @throws RangeError if the name is unknown or the scores are unfit; TypeError if the rule needs defective scores and there are none
 * @example
 * ```ts
 * import { fitThreshold } from '@adlib/thresholds';
 * console.log(fitThreshold('quantile', { good: [1, 2, 3, 4, 10] }, { q: 0.9 }).value); // 7.6
 * ```
 */
export function fitThreshold(name: string, scores: ScoreSets, options: object = {}): Threshold {
  assertOneOf(
    'fitThreshold',
    'name',
    name,
    rules.map((rule) => rule.name),
  );
  return rules.find((rule) => rule.name === name)!.fit(scores, options);
}
