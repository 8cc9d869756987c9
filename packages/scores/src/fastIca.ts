import {
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  createRandom,
  ndarray,
  type NdArray,
  type View,
} from '@adlib/core';
import { needFitted, scoreRows, toRows, toTrainingRows, type FeatureScorer } from './features.js';
import { dot } from './linalg.js';
import { Pca } from './pca.js';
import { loadValues, saveTensor, type ScorerState } from './scorerState.js';
import { symmetricEigen } from './symmetricEigen.js';

/** Options of {@link FastIca}. */
export interface FastIcaOptions {
  /** Independent components, at most min(n - 1, d). @defaultValue 10 */
  components?: number;
  /** Largest number of iterations. @defaultValue 200 */
  maxIterations?: number;
  /** It stops when no direction turns by more: `max |1 - |w · w_before||`. @defaultValue 1e-4 */
  tolerance?: number;
  /** What `score` gives: `maxAbs`, the largest `|s_i|`; `mahalanobis`, `√Σ s_i²`. @defaultValue 'maxAbs' */
  statistic?: 'maxAbs' | 'mahalanobis';
  /** Seed of the directions it begins with. @defaultValue 0 */
  seed?: number;
}

interface Learned {
  mean: Float64Array;
  /** `k * d` values: sources are `unmixing · (x - mean)`, of unit variance on the training rows. */
  unmixing: Float64Array;
  iterations: number;
  converged: boolean;
}

/**
 * Independent components by FastICA (symmetric, `g = tanh`) after whitening with {@link Pca}. With all components the
 * `mahalanobis` statistic equals that of PCA, since the sources are a rotation of the whitened coordinates; `maxAbs` is
 * the one that uses their independence. `fit` costs PCA's time and O(n k² + k³) per iteration.
 *
 * @example
 * ```ts
 * import { createRandom, ndarray } from '@adlib/core';
 * import { FastIca } from '@adlib/scores';
 * const random = createRandom(3);
 * const good = ndarray(Float32Array.from({ length: 200 }, () => random.uniform()), [100, 2]);
 * console.log(new FastIca({ components: 2 }).fit(good).score(good).length); // 100
 * ```
 * @see Hyvärinen and Oja, "Independent component analysis: algorithms and applications", 2000
 */
export class FastIca implements FeatureScorer {
  /** Name of the scorer. */
  readonly kind = 'fast-ica';
  /** What it scores. */
  readonly needs = 'features';
  /** Options with defaults filled in. */
  readonly options: Readonly<Required<FastIcaOptions>>;
  #learned: Learned | undefined;

  /** @param options - see {@link FastIcaOptions} */
  constructor(options: FastIcaOptions = {}) {
    const { components = 10, maxIterations = 200, tolerance = 1e-4, statistic = 'maxAbs', seed = 0 } = options;
    assertKnownOptions('FastIca', options, ['components', 'maxIterations', 'tolerance', 'statistic', 'seed']);
    assertInteger('FastIca', 'components', components, 1);
    assertInteger('FastIca', 'maxIterations', maxIterations, 1);
    assertFinite('FastIca', 'tolerance', tolerance, 0);
    assertOneOf('FastIca', 'statistic', statistic, ['maxAbs', 'mahalanobis']);
    assertInteger('FastIca', 'seed', seed, 0, 0xffffffff);
    this.options = { components, maxIterations, tolerance, statistic, seed };
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /** Whether the last `fit` stopped by itself, and after how many iterations. */
  get convergence(): { converged: boolean; iterations: number } {
    const { converged, iterations } = needFitted('FastIca.convergence', this.#learned);
    return { converged, iterations };
  }

  /** Learns from rows of features, shape `[n, d]`, n > components; finite. */
  fit(features: NdArray): this {
    const { components: k, maxIterations, tolerance, seed } = this.options;
    const { n } = toTrainingRows('FastIca.fit', features, 2);
    const pca = new Pca({ components: k }).fit(features);
    const { mean, components, explainedVariance } = pca.learned;
    const d = mean.length;
    // Divisor n, as scikit-learn's unit variance.
    const scale = explainedVariance.map((v) => 1 / Math.sqrt((v * (n - 1)) / n));
    const white = pca.transform(features).data;
    for (let i = 0; i < white.length; i++) white[i]! *= scale[i % k]!;
    const random = createRandom(seed).split('fastIca');
    let w = decorrelate(
      Float64Array.from({ length: k * k }, () => random.normal()),
      k,
    );
    let iterations = 0;
    let turned = Infinity;
    while (iterations < maxIterations && turned >= tolerance) {
      const next = decorrelate(step(w, white, n, k), k);
      turned = 0;
      for (let i = 0; i < k; i++) turned = Math.max(turned, Math.abs(1 - Math.abs(dot(next, i * k, w, i * k, k))));
      w = next;
      iterations++;
    }
    const unmixing = new Float64Array(k * d);
    for (let i = 0; i < k; i++) {
      for (let a = 0; a < k; a++) {
        const f = w[i * k + a]! * scale[a]!;
        for (let j = 0; j < d; j++) unmixing[i * d + j]! += f * components[a * d + j]!;
      }
    }
    this.#learned = { mean, unmixing, iterations, converged: turned < tolerance };
    return this;
  }

  /** Sources of rows, shape `[n, components]`; a new view. */
  transform(features: NdArray): View<Float64Array> {
    const { mean, unmixing } = needFitted('FastIca.transform', this.#learned);
    const { data, n, d } = toRows('FastIca.transform', features, mean.length);
    const k = unmixing.length / d;
    const out = new Float64Array(n * k);
    for (let r = 0; r < n; r++) {
      const x = data.subarray(r * d, (r + 1) * d).map((v, j) => v - mean[j]!);
      for (let i = 0; i < k; i++) out[r * k + i] = dot(x, 0, unmixing, i * d, d);
    }
    return ndarray(out, [n, k]);
  }

  /** Score of each row as `statistic` says, shape `[n, d]`; >= 0; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    const sources = this.transform(features);
    const [n, k] = sources.shape as [number, number];
    const largest = (row: Float64Array): number => row.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const length = (row: Float64Array): number => Math.sqrt(dot(row, 0, row, 0, k));
    return scoreRows({ data: sources.data, n, d: k }, this.options.statistic === 'maxAbs' ? largest : length);
  }

  /** What was learned. */
  save(): ScorerState {
    const { mean, unmixing, iterations, converged } = needFitted('FastIca.save', this.#learned);
    const d = mean.length;
    return {
      kind: this.kind,
      options: this.options,
      facts: { iterations, converged: Number(converged) },
      tensors: {
        mean: saveTensor(mean, [d]),
        unmixing: saveTensor(unmixing, [unmixing.length / d, d]),
      },
    };
  }

  /** Restores what {@link FastIca.save} returned. */
  load(state: ScorerState): this {
    const mean = loadValues('FastIca.load', state, this.kind, 'mean', [undefined]);
    const unmixing = loadValues('FastIca.load', state, this.kind, 'unmixing', [undefined, mean.length]);
    const { iterations = 0, converged = 0 } = state.facts;
    this.#learned = { mean, unmixing, iterations, converged: converged === 1 };
    return this;
  }
}

/** `mean(g(W z) zᵀ) - diag(mean g'(W z)) W`, `g = tanh`. */
function step(w: Float64Array, white: Float64Array, n: number, k: number): Float64Array {
  const out = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    let slope = 0;
    for (let r = 0; r < n; r++) {
      const g = Math.tanh(dot(w, i * k, white, r * k, k));
      slope += 1 - g * g;
      for (let j = 0; j < k; j++) out[i * k + j]! += g * white[r * k + j]!;
    }
    for (let j = 0; j < k; j++) out[i * k + j] = (out[i * k + j]! - slope * w[i * k + j]!) / n;
  }
  return out;
}

/** `(W Wᵀ)^(-1/2) W`: the nearest orthonormal matrix. */
function decorrelate(w: Float64Array, k: number): Float64Array {
  const square = new Float64Array(k * k);
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) square[i * k + j] = dot(w, i * k, w, j * k, k);
  const { values, vectors } = symmetricEigen(square, k);
  const out = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    const u = vectors.subarray(a * k, (a + 1) * k);
    const projected = new Float64Array(k); // uᵀ W
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) projected[j]! += u[i]! * w[i * k + j]!;
    const f = 1 / Math.sqrt(Math.max(values[a]!, 1e-300));
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) out[i * k + j]! += f * u[i]! * projected[j]!;
  }
  return out;
}
