import type { FittedOn, Threshold } from './threshold.js';

/** What a rule found, before it becomes a {@link Threshold}. */
export interface Fitted {
  rule: string;
  value: number;
  lower?: number | undefined;
  expectedFalsePositiveRate?: number | undefined;
  fittedOn: FittedOn;
  parameters: Record<string, number | string | boolean>;
  oracle?: boolean | undefined;
  warnings?: string[];
}

/**
 * Makes the JSON form: leaves out what is absent, and refuses a limit that no JSON number can hold.
 *
 * @param fitted - what the rule found
 * @returns the threshold, plain JSON
 */
export function buildThreshold(fitted: Fitted): Threshold {
  const { rule, value, lower, expectedFalsePositiveRate, fittedOn, parameters, oracle, warnings = [] } = fitted;
  if (!Number.isFinite(value)) {
    throw new RangeError(`${rule}: the limit ${value} is not a finite number. Scale the scores down.`);
  }
  return {
    rule,
    value,
    ...(lower === undefined ? {} : { lower }),
    ...(expectedFalsePositiveRate === undefined ? {} : { expectedFalsePositiveRate }),
    fittedOn,
    parameters,
    ...(oracle === true ? { oracle } : {}),
    warnings,
  };
}

/**
 * `fittedOn` of a rule that saw good scores only.
 *
 * @param n - number of good scores
 * @returns the counts
 */
export function onGood(n: number): FittedOn {
  return { n, good: n, defective: 0 };
}

/**
 * A number for a sentence: at most three significant digits.
 *
 * @param x - the number
 * @returns the text
 */
export function brief(x: number): string {
  return String(Number(x.toPrecision(3)));
}

/**
 * A share for a sentence, as a percentage.
 *
 * @param share - in [0, 1]
 * @returns the text
 */
export function percent(share: number): string {
  return `${brief(100 * share)} %`;
}
