import { argumentMessage } from '@adlib/core';
import { toFloat64, type Scores } from './classes.js';
import { sortFloat64 } from './sort.js';

/**
 * Two samples as sorted float64.
 *
 * @param fn - caller, for the messages
 * @param reference - the first sample
 * @param current - the second sample
 * @returns new sorted arrays
 * @throws TypeError or RangeError if a sample is empty or a score is NaN
 */
export function sortedSamples(fn: string, reference: Scores, current: Scores): [Float64Array, Float64Array] {
  const samples = [toFloat64(fn, 'reference', reference), toFloat64(fn, 'current', current)] as const;
  samples.forEach((sample, i) => {
    if (sample.length === 0) {
      throw new RangeError(argumentMessage(fn, i === 0 ? 'reference' : 'current', 'at least one score', 'none'));
    }
    sortFloat64(sample);
  });
  return [samples[0], samples[1]];
}

/**
 * Throws unless sorted samples are finite.
 *
 * @param fn - caller, for the message
 * @param a - the reference, ascending
 * @param b - the current sample, ascending
 * @throws RangeError naming the sample
 */
export function assertFiniteEnds(fn: string, a: Float64Array, b: Float64Array): void {
  for (const [arg, sample] of Object.entries({ reference: a, current: b })) {
    for (const end of [sample[0]!, sample.at(-1)!]) {
      if (!Number.isFinite(end)) throw new RangeError(argumentMessage(fn, arg, 'finite scores', end));
    }
  }
}
