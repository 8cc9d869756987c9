/** Float64 values that are kept: 512 kB. */
const KEPT = 1 << 16;

/**
 * Working memory that small calls share, one after the other: a resampling that calls a metric thousands of times would
 * otherwise leave thousands of arrays for the garbage collector.
 */
export class Scratch {
  #kept: Float64Array | undefined;

  /**
   * Memory until the next call.
   *
   * @param n - values needed
   * @returns `n` values of any content
   */
  borrow(n: number): Float64Array {
    if (n > KEPT) return new Float64Array(n);
    this.#kept ??= new Float64Array(KEPT);
    return this.#kept.subarray(0, n);
  }
}
