import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  ndarray,
  type NdArray,
  type View,
} from '@adlib/core';
import { needFitted, scoreRows, toRows, toTrainingRows, type FeatureScorer } from './features.js';
import { addGram, centreRows, dot, meanOfRows } from './linalg.js';
import { RunningCovariance } from './runningCovariance.js';
import { loadValues, saveTensor, type ScorerState } from './scorerState.js';
import { symmetricEigen } from './symmetricEigen.js';

/** Options of {@link Pca}. */
export interface PcaOptions {
  /** Components to keep, at most min(n - 1, d). Without it, as many as `variance` needs. */
  components?: number;
  /** Share of the variance to keep, in (0, 1]. @defaultValue 0.95 */
  variance?: number;
  /**
   * What `score` gives: `mahalanobis`, `√T² = √(Σ t_a² / λ_a)` within the components; `residual`, `√Q`, the distance to
   * the space they span. @defaultValue 'residual'
   */
  statistic?: 'mahalanobis' | 'residual';
}

/** The components of a fitted {@link Pca}. */
export interface PcaLearned {
  /** Mean of the training rows, `d` values. */
  mean: Float64Array;
  /** Unit components, most variance first, `k * d` values; the largest entry of each is positive. */
  components: Float64Array;
  /** Sample variance along each component, `k` values. */
  explainedVariance: Float64Array;
  /** Sum of all sample variances. */
  totalVariance: number;
}

/**
 * Principal components of good parts. `fit` costs O(n d min(n, d) + min(n, d)³) (for n < d by the Gram matrix) and holds
 * O(k d); `score` O(k d) per row. `partialFit` of n rows costs O(n d²) and holds O(d²) whatever the number of rows; the
 * first use afterwards O(d³) once.
 *
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { Pca } from '@adlib/scores';
 * const good = ndarray(new Float32Array([1, 2, 2, 1, 3, 5, 0, 1, 2, 2]), [5, 2]);
 * const pca = new Pca({ components: 1 }).fit(good);
 * console.log(pca.score(ndarray(new Float32Array([4, 0]), [1, 2]))); // 3.19...
 * ```
 * @see Jackson and Mudholkar 1979 (T² and Q)
 */
export class Pca implements FeatureScorer {
  /** Name of the scorer. */
  readonly kind = 'pca';
  /** What it scores. */
  readonly needs = 'features';
  /** Options with defaults filled in. */
  readonly options: Readonly<Required<Omit<PcaOptions, 'components'>> & { components?: number }>;
  #learned: PcaLearned | undefined;
  /** Sums of `partialFit`; what was learned is computed from them when it is asked for. */
  #running: RunningCovariance | undefined;

  /** @param options - see {@link PcaOptions} */
  constructor(options: PcaOptions = {}) {
    const { components, variance = 0.95, statistic = 'residual' } = options;
    assertKnownOptions('Pca', options, ['components', 'variance', 'statistic']);
    if (components !== undefined) assertInteger('Pca', 'components', components, 1);
    assertFinite('Pca', 'variance', variance, 0, 1);
    if (variance === 0) throw new RangeError(argumentMessage('Pca', 'variance', 'in (0, 1]', variance));
    assertOneOf('Pca', 'statistic', statistic, ['mahalanobis', 'residual']);
    this.options = { variance, statistic, ...(components === undefined ? {} : { components }) };
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined || this.#running !== undefined;
  }

  /** Mean, components and variances; copies. */
  get learned(): PcaLearned {
    const { mean, components, explainedVariance, totalVariance } = this.#need('Pca.learned');
    return {
      mean: mean.slice(),
      components: components.slice(),
      explainedVariance: explainedVariance.slice(),
      totalVariance,
    };
  }

  /** Learns from rows of features, shape `[n, d]`, n >= 2; finite and not all the same. */
  fit(features: NdArray): this {
    const { data, n, d } = toTrainingRows('Pca.fit', features, 2);
    const mean = meanOfRows(data, n, d);
    centreRows(data, n, mean);
    this.#learned = this.#choose('Pca.fit', mean, n < d ? fromGram(data, n, d) : fromRows(data, n, d));
    this.#running = undefined;
    return this;
  }

  /**
   * Learns from further rows, shape `[n, d]`, n >= 1; finite. After any number of calls what was learned is what `fit`
   * learns from all rows together, to rounding. It begins anew after `fit`, which keeps no sums; it goes on after `load` of
   * what was saved after it.
   */
  partialFit(features: NdArray): this {
    const { d } = toTrainingRows('Pca.partialFit', features, 1, this.#running?.dimensions);
    this.#running = (this.#running ?? new RunningCovariance(d)).add(features);
    this.#learned = undefined;
    return this;
  }

  /** Rows that `partialFit` has seen since it began; 0 after `fit`. */
  get partialCount(): number {
    return this.#running?.count ?? 0;
  }

  /** What was learned, computed from the sums where there are new ones. */
  #need(where: string): PcaLearned {
    if (this.#learned === undefined && this.#running !== undefined) {
      const { count, dimensions, mean } = this.#running;
      if (count < 2) throw new RangeError(`${where}: partialFit must have seen at least 2 rows, got ${count}.`);
      this.#learned = this.#choose(where, mean, fromCovariance(this.#running.covariance().data, dimensions));
    }
    return needFitted(where, this.#learned);
  }

  /** Keeps the components that the options ask for. */
  #choose(where: string, mean: Float64Array, { values, vectors }: Decomposed): PcaLearned {
    const totalVariance = values.reduce((sum, v) => sum + Math.max(v, 0), 0);
    if (!(totalVariance > 0)) throw new RangeError(`${where}: features must vary, got the same row throughout.`);
    const rank = values.filter((v) => v > 1e-12 * values[0]!).length;
    const k = this.#count(where, values, totalVariance, rank);
    return { mean, components: vectors(k), explainedVariance: values.slice(0, k), totalVariance };
  }

  #count(where: string, values: Float64Array, total: number, rank: number): number {
    const { components, variance } = this.options;
    if (components !== undefined) {
      if (components <= rank) return components;
      throw new RangeError(
        `${where}: components must be at most ${rank} (the rank of the features), got ${components}. Try fewer, or more rows.`,
      );
    }
    let k = 0;
    for (let sum = 0; k < rank && sum < variance * total * (1 - 1e-12); k++) sum += values[k]!;
    return k;
  }

  /** Coordinates of rows along the components, shape `[n, k]`; a new view. */
  transform(features: NdArray): View<Float64Array> {
    const { mean, components, explainedVariance } = this.#need('Pca.transform');
    const { data, n, d } = toRows('Pca.transform', features, mean.length);
    centreRows(data, n, mean);
    const k = explainedVariance.length;
    const out = new Float64Array(n * k);
    for (let r = 0; r < n; r++) for (let a = 0; a < k; a++) out[r * k + a] = dot(data, r * d, components, a * d, d);
    return ndarray(out, [n, k]);
  }

  /** Score of each row as `statistic` says, shape `[n, d]`; >= 0; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    const { mean, components, explainedVariance } = this.#need('Pca.score');
    const d = mean.length;
    const x = new Float64Array(d);
    return scoreRows(toRows('Pca.score', features, d), (row) => {
      for (let j = 0; j < d; j++) x[j] = row[j]! - mean[j]!;
      let inside = 0;
      for (let a = 0; a < explainedVariance.length; a++) {
        const t = dot(x, 0, components, a * d, d);
        if (this.options.statistic === 'mahalanobis') inside += (t * t) / explainedVariance[a]!;
        else for (let j = 0; j < d; j++) x[j]! -= t * components[a * d + j]!;
      }
      return Math.sqrt(this.options.statistic === 'mahalanobis' ? inside : dot(x, 0, x, 0, d));
    });
  }

  /** What was learned; after `partialFit` also its sums, `8 d²` bytes. */
  save(): ScorerState {
    const { mean, components, explainedVariance, totalVariance } = this.#need('Pca.save');
    const running = this.#running;
    const d = mean.length;
    const k = explainedVariance.length;
    return {
      kind: this.kind,
      options: this.options,
      facts: { totalVariance, ...(running === undefined ? {} : { count: running.count }) },
      tensors: {
        mean: saveTensor(mean, [mean.length]),
        components: saveTensor(components, [k, mean.length]),
        explainedVariance: saveTensor(explainedVariance, [k]),
        ...(running === undefined ? {} : { covariance: saveTensor(running.covariance().data, [d, d]) }),
      },
    };
  }

  /** Restores what {@link Pca.save} returned. */
  load(state: ScorerState): this {
    const read = (name: string, shape: readonly (number | undefined)[]): Float64Array =>
      loadValues('Pca.load', state, this.kind, name, shape);
    const mean = read('mean', [undefined]);
    const explainedVariance = read('explainedVariance', [undefined]);
    const components = read('components', [explainedVariance.length, mean.length]);
    const d = mean.length;
    this.#running =
      state.tensors['covariance'] === undefined
        ? undefined
        : RunningCovariance.from(state.facts.count ?? 0, mean, read('covariance', [d, d]));
    this.#learned = { mean, components, explainedVariance, totalVariance: state.facts.totalVariance ?? NaN };
    return this;
  }
}

/** Sample variances, largest first, and a function that gives the first `k` unit components. */
interface Decomposed {
  values: Float64Array;
  vectors: (k: number) => Float64Array;
}

function fromRows(x: Float64Array, n: number, d: number): Decomposed {
  const matrix = new Float64Array(d * d);
  addGram(matrix, x, n, d, 1);
  for (let i = 0; i < matrix.length; i++) matrix[i]! /= n - 1;
  return fromCovariance(matrix, d);
}

/** Reads the lower triangle of a covariance. */
function fromCovariance(matrix: Float64Array, d: number): Decomposed {
  const { values, vectors } = symmetricEigen(matrix, d);
  return { values, vectors: (k) => vectors.slice(0, k * d) };
}

/** X Xᵀ has the same eigenvalues; its vectors u give the components Xᵀ u / |Xᵀ u|. */
function fromGram(x: Float64Array, n: number, d: number): Decomposed {
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) gram[i * n + j] = dot(x, i * d, x, j * d, d);
  const { values, vectors } = symmetricEigen(gram, n);
  const components = (k: number): Float64Array => {
    const out = new Float64Array(k * d);
    for (let a = 0; a < k; a++) {
      const row = out.subarray(a * d, (a + 1) * d);
      for (let r = 0; r < n; r++) {
        const u = vectors[a * n + r]!;
        for (let j = 0; j < d; j++) row[j]! += u * x[r * d + j]!;
      }
      let largest = 0;
      for (const v of row) if (Math.abs(v) > Math.abs(largest)) largest = v;
      const scale = Math.sign(largest) / Math.sqrt(dot(row, 0, row, 0, d));
      for (let j = 0; j < d; j++) row[j]! *= scale;
    }
    return out;
  };
  return { values: values.map((v) => v / (n - 1)), vectors: components };
}
