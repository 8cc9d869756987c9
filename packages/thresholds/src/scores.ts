import { argumentMessage, toRowMajor } from '@adlib/core';
import type { Scores } from '@adlib/metrics';

/** Scores split by what the parts are known to be. */
export interface ScoreSets {
  /** Scores of good parts. */
  readonly good: Scores;
  /** Scores of defective parts, for the rules that learn from them. */
  readonly defective?: Scores;
}

/**
 * Copies scores into a new Float64Array; a missing, too short or non-finite input is refused by name and index.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param scores - what was passed
 * @param least - smallest number of scores allowed
 * @returns a new array, in the order given
 */
export function readScores(fn: string, arg: string, scores: Scores, least = 1): Float64Array {
  const values = flatten(fn, arg, scores);
  if (values.length < least) {
    const expected = `at least ${least} ${least === 1 ? 'score' : 'scores'}`;
    throw new RangeError(`${fn}: ${arg} must have ${expected}, got ${values.length}.`);
  }
  const copy = new Float64Array(values.length);
  for (let i = 0; i < copy.length; i++) {
    const value: unknown = values[i];
    if (typeof value !== 'number') throw new TypeError(argumentMessage(fn, `${arg}[${i}]`, 'a number', value));
    if (!Number.isFinite(value)) {
      throw new RangeError(
        argumentMessage(fn, `${arg}[${i}]`, 'a finite number', value, 'Find out why that image has no score.'),
      );
    }
    copy[i] = value;
  }
  return copy;
}

/**
 * The same, in ascending order.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param scores - what was passed
 * @param least - smallest number of scores allowed
 * @returns a new array, ascending
 */
export function readSorted(fn: string, arg: string, scores: Scores, least = 1): Float64Array {
  return readScores(fn, arg, scores, least).sort();
}

function flatten(fn: string, arg: string, scores: Scores): ArrayLike<number> {
  if (typeof scores === 'object' && scores !== null) {
    if ('shape' in scores && 'data' in scores) return toRowMajor(scores);
    if ('length' in scores && Number.isInteger(scores.length)) return scores;
  }
  throw new TypeError(argumentMessage(fn, arg, 'an array of scores', scores));
}

/**
 * Number of sorted values at most `limit`.
 *
 * @param sorted - ascending values
 * @param limit - the limit
 * @returns the count, by bisection
 */
export function countAtMost(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Share of sorted values above `limit`.
 *
 * @param sorted - ascending values
 * @param limit - the limit
 * @returns the share, in [0, 1]
 */
export function shareAbove(sorted: Float64Array, limit: number): number {
  return (sorted.length - countAtMost(sorted, limit)) / sorted.length;
}

/**
 * Quantile of sorted values by linear interpolation at position `(n - 1) q`, as numpy's default.
 *
 * @param sorted - ascending values, at least one
 * @param q - in [0, 1]
 * @returns the quantile
 */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const part = position - below;
  return part === 0 || low === high ? low : low * (1 - part) + high * part;
}
