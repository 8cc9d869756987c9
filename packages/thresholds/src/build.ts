import type { FittedOn, Threshold } from './threshold.js';

/** What a rule found, before it becomes a {@link Threshold}. */
export interface Fitted {
  /** Name of the rule, as in messages. */
  rule: string;
  /** The limit, in raw scores; must be finite. */
  value: number;
  /** Lower end of the review band, in raw scores; absent where the rule has no band. */
  lower?: number | undefined;
  /** Share of good images expected above the limit, in [0, 1]; absent where the rule implies none. */
  expectedFalsePositiveRate?: number | undefined;
  /** How many scores of each label the rule saw. */
  fittedOn: FittedOn;
  /** The options the rule ran with, defaults filled in. */
  parameters: Record<string, number | string | boolean>;
  /** Whether the rule looked at labels of the images it is judged on; kept only where true. */
  oracle?: boolean | undefined;
  /** Sentences on what a reader must know; none by default. */
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
