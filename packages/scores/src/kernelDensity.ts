import { argumentMessage, assertFinite, assertKnownOptions, ndarray, type NdArray } from '@adlib/core';
import { needFitted, scoreRows, toRows, toTrainingRows, type FeatureScorer, type Rows } from './features.js';
import { withoutRows } from './neighborBank.js';
import { savedTensor, saveTensor, type ScorerState } from './scorerState.js';

/** Options of {@link KernelDensity}. */
export interface KernelDensityOptions {
  /**
   * Standard deviation of the kernel in units of the features, or a rule: `scott` n^(-1/(d+4)), `silverman`
   * (n (d + 2) / 4)^(-1/(d+4)); both suit features of unit variance. @defaultValue 'scott'
   */
  bandwidth?: number | 'scott' | 'silverman';
}

interface Learned {
  rows: Rows;
  bandwidth: number;
}

/**
 * Negative log density of a Gaussian kernel density estimate of the good rows:
 * `-ln((1/n) Σ exp(-|x - x_i|² / (2 h²)) / ((2π)^(d/2) h^d))`.
 *
 * `fit`, `add` and `remove` cost a copy of the rows, `score` O(n d) per row; memory: the rows in float64 (`8 n d` bytes).
 *
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { KernelDensity } from '@adlib/scores';
 * const good = ndarray(new Float32Array([0, 0, 1, 0, 0, 1]), [3, 2]);
 * console.log(new KernelDensity({ bandwidth: 0.5 }).fit(good).score(good));
 * ```
 * @see Parzen 1962; scikit-learn `KernelDensity` (its `score_samples` is the log density)
 */
export class KernelDensity implements FeatureScorer {
  /** Name of the scorer. */
  readonly kind = 'kernel-density';
  /** What it scores. */
  readonly needs = 'features';
  /** Options with defaults filled in. */
  readonly options: Readonly<Required<KernelDensityOptions>>;
  #learned: Learned | undefined;

  /** @param options - see {@link KernelDensityOptions} */
  constructor(options: KernelDensityOptions = {}) {
    const { bandwidth = 'scott' } = options;
    assertKnownOptions('KernelDensity', options, ['bandwidth']);
    if (bandwidth !== 'scott' && bandwidth !== 'silverman') {
      const expected = "a number > 0, 'scott' or 'silverman'";
      if (typeof bandwidth !== 'number')
        throw new TypeError(argumentMessage('KernelDensity', 'bandwidth', expected, bandwidth));
      assertFinite('KernelDensity', 'bandwidth', bandwidth, 1e-300);
    }
    this.options = { bandwidth };
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /** The bandwidth in use, in units of the features. */
  get bandwidth(): number {
    return needFitted('KernelDensity.bandwidth', this.#learned).bandwidth;
  }

  /** Learns from rows of features, shape `[n, d]`; finite. */
  fit(features: NdArray): this {
    const rows = toTrainingRows('KernelDensity.fit', features, 1);
    this.#learn(rows);
    return this;
  }

  /** Adds rows at the end, shape `[n, d]`; a rule's bandwidth follows the new number of rows. */
  add(features: NdArray): this {
    const { rows } = needFitted('KernelDensity.add', this.#learned);
    const more = toTrainingRows('KernelDensity.add', features, 1, rows.d);
    const data = new Float64Array(rows.data.length + more.data.length);
    data.set(rows.data);
    data.set(more.data, rows.data.length);
    this.#learn({ data, n: rows.n + more.n, d: rows.d });
    return this;
  }

  /** Takes rows out by number; the rows after them move up. A rule's bandwidth follows the new number of rows. */
  remove(indices: ArrayLike<number>): this {
    const { rows } = needFitted('KernelDensity.remove', this.#learned);
    this.#learn(withoutRows('KernelDensity.remove', rows, indices, 1));
    return this;
  }

  #learn(rows: Rows): void {
    const { n, d } = rows;
    const { bandwidth } = this.options;
    const rule = { scott: n ** (-1 / (d + 4)), silverman: ((n * (d + 2)) / 4) ** (-1 / (d + 4)) };
    this.#learned = { rows, bandwidth: typeof bandwidth === 'number' ? bandwidth : rule[bandwidth] };
  }

  /** Rows it stands on. */
  get count(): number {
    return needFitted('KernelDensity.count', this.#learned).rows.n;
  }

  /** Negative log density of each row, shape `[n, d]`, in nats; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    const { rows, bandwidth: h } = needFitted('KernelDensity.score', this.#learned);
    const { data, n, d } = rows;
    const exponents = new Float64Array(n);
    const constant = Math.log(n) + d * (Math.log(h) + 0.5 * Math.log(2 * Math.PI));
    return scoreRows(toRows('KernelDensity.score', features, d), (row) => {
      let largest = -Infinity;
      for (let r = 0; r < n; r++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += (row[j]! - data[r * d + j]!) ** 2;
        exponents[r] = -sum / (2 * h * h);
        largest = Math.max(largest, exponents[r]!);
      }
      let total = 0;
      for (let r = 0; r < n; r++) total += Math.exp(exponents[r]! - largest);
      return constant - largest - Math.log(total);
    });
  }

  /** What was learned: the rows. */
  save(): ScorerState {
    const { rows } = needFitted('KernelDensity.save', this.#learned);
    return {
      kind: this.kind,
      options: this.options,
      facts: {},
      tensors: { rows: saveTensor(rows.data, [rows.n, rows.d]) },
    };
  }

  /** Restores what {@link KernelDensity.save} returned. */
  load(state: ScorerState): this {
    const { data, shape } = savedTensor('KernelDensity.load', state, this.kind, 'rows', 2);
    return this.fit(ndarray(data, shape));
  }
}
