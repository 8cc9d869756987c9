import { argumentMessage, assertOneOf } from '@adlib/core';
import { meanPlusSigma } from './meanPlusSigma.js';
import { quantile } from './quantile.js';
import type { Scores, ScoreSets } from './scores.js';
import type { Threshold } from './threshold.js';

/** A threshold rule as a command line or a configuration file sees it. */
export interface ThresholdRule {
  /** Name, the same as the function's. */
  readonly name: string;
  /** Which scores it learns from: good ones, or both kinds. */
  readonly needs: 'good' | 'both';
  /** What it does, in one line. */
  readonly summary: string;
  /** Fits it; `options` are those of the function of that name. */
  fit(scores: ScoreSets, options?: object): Threshold;
}

type GoodRule = (good: Scores, options: object) => Threshold;

const rules: readonly ThresholdRule[] = [
  fromGood('meanPlusSigma', meanPlusSigma, 'mean plus k standard deviations of good scores'),
  fromGood('quantile', quantile, 'a quantile of good scores'),
];

function fromGood(name: string, rule: GoodRule, summary: string): ThresholdRule {
  return { name, needs: 'good', summary, fit: ({ good }, options = {}) => rule(good, options) };
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
  const rule = rules.find((candidate) => candidate.name === name)!;
  if (rule.needs === 'both' && scores.defective === undefined) {
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
  return rule.fit(scores, options);
}
