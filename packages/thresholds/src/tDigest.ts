/** State of a t-digest, plain JSON. */
export interface TDigestState {
  /** Bound on the number of centroids. */
  compression: number;
  /** Means of the centroids, ascending. */
  means: number[];
  /** Weight of each. */
  weights: number[];
  /** Smallest value seen. */
  min: number;
  /** Largest value seen. */
  max: number;
}

/**
 * Streaming sketch of a distribution in bounded memory, most accurate in the tails (merging t-digest, scale function k1).
 *
 * @see Dunning and Ertl, "Computing extremely accurate quantiles using t-digests", 2019
 */
export class TDigest {
  readonly #compression: number;
  #means: Float64Array;
  #weights: Float64Array;
  #buffer: number[] = [];
  readonly #fade: number;
  #min: number;
  #max: number;

  /**
   * Starts empty, or from a state.
   *
   * @param state - compression, and the rest of a saved state if there is one
   * @param fade - factor in (0, 1] on the weight of everything older, per value added
   */
  constructor(state: Pick<TDigestState, 'compression'> & Partial<TDigestState>, fade = 1) {
    this.#compression = state.compression;
    this.#fade = fade;
    this.#means = Float64Array.from(state.means ?? []);
    this.#weights = Float64Array.from(state.weights ?? []);
    this.#min = state.min ?? Infinity;
    this.#max = state.max ?? -Infinity;
  }

  /** Adds a finite value. */
  add(value: number): void {
    this.#buffer.push(value);
    if (this.#buffer.length >= 5 * this.#compression) this.#merge();
  }

  /** Total weight. */
  get weight(): number {
    return this.#weights.reduce((sum, w) => sum + w, 0) + this.#buffer.length;
  }

  /** Estimate of the q-quantile, q in [0, 1], by linear interpolation between centroids; NaN while empty. */
  quantile(q: number): number {
    this.#merge();
    const n = this.#means.length;
    if (n === 0) return NaN;
    const total = this.weight;
    // The same positions as numpy's: the first value is at 0, the last at total - 1.
    const target = q * (total - 1) + 0.5;
    let before = 0;
    let lastAt = 0.5;
    let last = this.#min;
    for (let i = 0; i < n; i++) {
      const w = this.#weights[i]!;
      const at = before + w / 2;
      const mean = this.#means[i]!;
      if (target <= at) return interpolate(lastAt, last, at, mean, target);
      [before, lastAt, last] = [before + w, at, mean];
    }
    return interpolate(lastAt, last, total - 0.5, this.#max, target);
  }

  /** Everything it holds, plain JSON. */
  toJSON(): TDigestState {
    this.#merge();
    return {
      compression: this.#compression,
      means: [...this.#means],
      weights: [...this.#weights],
      min: this.#min,
      max: this.#max,
    };
  }

  #merge(): void {
    if (this.#buffer.length === 0) return;
    const incoming = Float64Array.from(this.#buffer).sort();
    this.#buffer = [];
    this.#min = Math.min(this.#min, incoming[0]!);
    this.#max = Math.max(this.#max, incoming.at(-1)!);
    const fade = this.#fade ** incoming.length;
    const old = this.#weights.map((w) => w * fade);
    const total = old.reduce((sum, w) => sum + w, 0) + incoming.length;
    const means: number[] = [];
    const weights: number[] = [];
    let done = 0;
    let limit = this.#limitAfter(0) * total;
    for (let i = 0, j = 0; i < old.length || j < incoming.length;) {
      const fromOld = j >= incoming.length || (i < old.length && this.#means[i]! <= incoming[j]!);
      const mean = fromOld ? this.#means[i]! : incoming[j]!;
      const weight = fromOld ? old[i++]! : 1;
      if (!fromOld) j++;
      const last = weights.length - 1;
      if (last >= 0 && done + weights[last]! + weight <= limit) {
        weights[last]! += weight;
        means[last]! += ((mean - means[last]!) * weight) / weights[last]!;
      } else {
        if (last >= 0) done += weights[last]!;
        limit = this.#limitAfter(done / total) * total;
        means.push(mean);
        weights.push(weight);
      }
    }
    this.#means = Float64Array.from(means);
    this.#weights = Float64Array.from(weights);
  }

  /** Where a centroid that starts at share `q` must end: one step further on the scale `k1`. */
  #limitAfter(q: number): number {
    const k = (this.#compression / (2 * Math.PI)) * Math.asin(Math.min(Math.max(2 * q - 1, -1), 1)) + 1;
    return k >= this.#compression / 4 ? 1 : (Math.sin((2 * Math.PI * k) / this.#compression) + 1) / 2;
  }
}

function interpolate(x0: number, y0: number, x1: number, y1: number, x: number): number {
  if (x <= x0 || x1 <= x0) return x <= x0 ? y0 : y1;
  if (x >= x1) return y1;
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
