import { argumentMessage, assertInteger, assertLength, ndarray, type NdArray, type View } from '@adlib/core';
import { toTrainingRows } from './features.js';
import { addGram, centreRows, meanOfRows, mirrorLower } from './linalg.js';

/**
 * Mean and covariance of rows that come and go in batches (Welford's update in its form for batches). Adding `n` rows
 * costs O(n d²), memory is O(d²), whatever the number of rows; float64.
 *
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { RunningCovariance } from '@adlib/scores';
 * const running = new RunningCovariance(2);
 * running.add(ndarray(new Float32Array([1, 2, 2, 1, 3, 5]), [3, 2]));
 * running.remove(ndarray(new Float32Array([3, 5]), [1, 2]));
 * console.log(running.count, running.mean); // 2, [1.5, 1.5]
 * ```
 * @see Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1982
 */
export class RunningCovariance {
  /** Features per row. */
  readonly dimensions: number;
  #count = 0;
  #mean: Float64Array;
  #scatter: Float64Array;

  /** @param dimensions - features per row, an integer >= 1 */
  constructor(dimensions: number) {
    assertInteger('RunningCovariance', 'dimensions', dimensions, 1, 32768);
    this.dimensions = dimensions;
    this.#mean = new Float64Array(dimensions);
    this.#scatter = new Float64Array(dimensions * dimensions);
  }

  /**
   * Restores sums from what they were read as.
   *
   * @param count - rows, an integer >= 2
   * @param mean - `d` values; copied
   * @param covariance - sample covariance (divisor count - 1), `d * d` values; copied
   * @returns the sums
   */
  static from(count: number, mean: Float64Array, covariance: Float64Array): RunningCovariance {
    assertInteger('RunningCovariance.from', 'count', count, 2);
    const out = new RunningCovariance(mean.length);
    assertLength('RunningCovariance.from', 'covariance', covariance, mean.length ** 2, 'd × d');
    out.#count = count;
    out.#mean = mean.slice();
    out.#scatter = covariance.map((v) => v * (count - 1));
    return out;
  }

  /** Rows it stands on. */
  get count(): number {
    return this.#count;
  }

  /** Mean of the rows; a copy. */
  get mean(): Float64Array {
    return this.#mean.slice();
  }

  /** Adds rows of shape `[n, d]`; values must be finite. */
  add(features: NdArray): this {
    return this.#merge('RunningCovariance.add', features, 1);
  }

  /** Takes rows away that were added before; they must be the same values. */
  remove(features: NdArray): this {
    return this.#merge('RunningCovariance.remove', features, -1);
  }

  #merge(fn: string, features: NdArray, sign: 1 | -1): this {
    const d = this.dimensions;
    const { data, n } = toTrainingRows(fn, features, 1, d);
    const count = this.#count + sign * n;
    if (count < 0) throw new RangeError(argumentMessage(fn, 'features', `of at most ${this.#count} rows`, [n, d]));
    const mean = meanOfRows(data, n, d);
    centreRows(data, n, mean);
    // Both directions: the distance between the batch's mean and the mean without the batch.
    const without = sign > 0 ? this.#count : count;
    const whole = without + n;
    const shift = new Float64Array(d);
    for (let j = 0; j < d; j++) {
      const others = sign > 0 || without === 0 ? this.#mean[j]! : (this.#mean[j]! * whole - mean[j]! * n) / without;
      shift[j] = (mean[j]! - others) * Math.sqrt((without * n) / whole);
      if (sign > 0) this.#mean[j] = others + ((mean[j]! - others) * n) / whole;
      else this.#mean[j] = without === 0 ? 0 : others;
    }
    addGram(this.#scatter, data, n, d, sign);
    if (without > 0) addGram(this.#scatter, shift, 1, d, sign);
    else if (sign < 0) this.#scatter.fill(0);
    this.#count = count;
    return this;
  }

  /**
   * Covariance of the rows.
   *
   * @param lost - degrees of freedom taken off: 1 gives the sample covariance, 0 the maximum-likelihood one
   * @returns a new symmetric view of shape `[d, d]`
   */
  covariance(lost: 0 | 1 = 1): View<Float64Array> {
    if (this.#count <= lost) {
      throw new RangeError(
        `RunningCovariance.covariance: count must be at least ${lost + 1}, got ${this.#count}. Add rows first.`,
      );
    }
    const d = this.dimensions;
    const scaled = this.#scatter.map((v) => v / (this.#count - lost));
    return ndarray(mirrorLower(scaled, d), [d, d]);
  }
}
