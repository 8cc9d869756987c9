import { assertFinite } from '@adlib/core';

/**
 * Mean and variance of a stream in constant memory (Welford's update): for scores of a running line.
 *
 * @example
 * ```ts
 * import { OnlineMoments } from '@adlib/metrics';
 * const moments = new OnlineMoments();
 * for (const score of [1, 2, 3, 4, 10]) moments.add(score);
 * console.log(moments.mean, moments.sd); // 4 3.535...
 * ```
 * @see Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4(3), 1962
 */
export class OnlineMoments {
  #n = 0;
  #mean = 0;
  #squares = 0;

  /**
   * Takes one value in.
   *
   * @param value - a finite number
   * @returns the object itself
   * @throws TypeError or RangeError if it is not finite
   */
  add(value: number): this {
    assertFinite('OnlineMoments.add', 'value', value);
    const before = value - this.#mean;
    this.#mean += before / ++this.#n;
    this.#squares += before * (value - this.#mean);
    return this;
  }

  /** Values taken in. */
  get n(): number {
    return this.#n;
  }

  /** Mean; NaN before the first value. */
  get mean(): number {
    return this.#n === 0 ? NaN : this.#mean;
  }

  /** Sample variance (n - 1); NaN before the second value. */
  get variance(): number {
    return this.#n < 2 ? NaN : this.#squares / (this.#n - 1);
  }

  /** Sample standard deviation (n - 1); NaN before the second value. */
  get sd(): number {
    return Math.sqrt(this.variance);
  }
}
