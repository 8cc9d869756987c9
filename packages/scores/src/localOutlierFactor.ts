import { argumentMessage, assertInteger, assertKnownOptions, ndarray, type NdArray } from '@adlib/core';
import { needFitted, type FeatureScorer } from './features.js';
import { NearestNeighbors, type Neighbors } from './nearestNeighbors.js';
import { savedTensor, type ScorerState } from './scorerState.js';

/** Options of {@link LocalOutlierFactor}. */
export interface LocalOutlierFactorOptions {
  /** Neighbours. @defaultValue 20 */
  k?: number;
}

interface Learned {
  bank: NearestNeighbors;
  /** Distance of each training row to its k-th neighbour. */
  reach: Float64Array;
  /** Local reachability density of each training row. */
  density: Float64Array;
}

/**
 * Local outlier factor of new rows: how much less dense the place of a row is than the places of its neighbours among the
 * good rows. About 1 inside the good parts, more outside. As scikit-learn's `LocalOutlierFactor(novelty=True)`.
 *
 * `fit` costs O(n² d), `score` O(n d) per row; it holds the rows in float32.
 *
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { LocalOutlierFactor } from '@adlib/scores';
 * const good = ndarray(Float32Array.from({ length: 60 }, (_, i) => (i * 7) % 11), [30, 2]);
 * console.log(new LocalOutlierFactor({ k: 5 }).fit(good).score(ndarray(new Float32Array([5, 5, 50, 50]), [2, 2])));
 * ```
 * @see Breunig, Kriegel, Ng, Sander, "LOF: Identifying Density-Based Local Outliers", 2000
 */
export class LocalOutlierFactor implements FeatureScorer {
  /** Name of the scorer. */
  readonly kind = 'local-outlier-factor';
  /** What it scores. */
  readonly needs = 'features';
  /** Options with defaults filled in. */
  readonly options: Readonly<Required<LocalOutlierFactorOptions>>;
  #learned: Learned | undefined;

  /** @param options - see {@link LocalOutlierFactorOptions} */
  constructor(options: LocalOutlierFactorOptions = {}) {
    const { k = 20 } = options;
    assertKnownOptions('LocalOutlierFactor', options, ['k']);
    assertInteger('LocalOutlierFactor', 'k', k, 1);
    this.options = { k };
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /** Learns from rows of features, shape `[n, d]`, n > k; finite. */
  fit(features: NdArray): this {
    const { k } = this.options;
    const bank = new NearestNeighbors({ k: 1 }).fit(features);
    const n = bank.count;
    if (n <= k) {
      throw new RangeError(
        argumentMessage('LocalOutlierFactor.fit', 'features', `of more than ${k} rows (k)`, features.shape),
      );
    }
    const own = withoutSelf(bank.neighbors(features, k + 1), n, k);
    const reach = Float64Array.from({ length: n }, (_, r) => own.distances.get(r, k - 1));
    const density = reachabilityDensity(own, reach, n, k);
    this.#learned = { bank, reach, density };
    return this;
  }

  /** Factor of each row, shape `[n, d]`; > 0; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    const { bank, reach, density } = needFitted('LocalOutlierFactor.score', this.#learned);
    const { k } = this.options;
    const found = bank.neighbors(features, k);
    const n = found.distances.shape[0]!;
    const own = reachabilityDensity(found, reach, n, k);
    return own.map((value, r) => {
      let sum = 0;
      for (let i = 0; i < k; i++) sum += density[found.indices.get(r, i)]!;
      return sum / k / value;
    });
  }

  /** What was learned: the rows; the rest is computed from them when loaded. */
  save(): ScorerState {
    const { bank } = needFitted('LocalOutlierFactor.save', this.#learned);
    return { kind: this.kind, options: this.options, facts: {}, tensors: bank.save().tensors };
  }

  /** Restores what {@link LocalOutlierFactor.save} returned. */
  load(state: ScorerState): this {
    const { data, shape } = savedTensor('LocalOutlierFactor.load', state, this.kind, 'bank', 2);
    return this.fit(ndarray(data, shape));
  }
}

/** Of k + 1 neighbours of the bank's own rows, the k that are not the row itself. */
function withoutSelf({ distances, indices }: Neighbors, n: number, k: number): Neighbors {
  const d = ndarray(new Float64Array(n * k), [n, k]);
  const ids = ndarray(new Uint32Array(n * k), [n, k]);
  for (let r = 0; r < n; r++) {
    let self = 0;
    // With many equal rows the row itself may not be among them; then the last is left out.
    while (self < k && indices.get(r, self) !== r) self++;
    for (let i = 0; i < k; i++) {
      d.set(r, i, distances.get(r, i < self ? i : i + 1));
      ids.set(r, i, indices.get(r, i < self ? i : i + 1));
    }
  }
  return { distances: d, indices: ids };
}

/** `1 / mean(max(distance, reach of the neighbour))`; the small term is scikit-learn's guard for equal rows. */
function reachabilityDensity(
  { distances, indices }: Neighbors,
  reach: Float64Array,
  n: number,
  k: number,
): Float64Array {
  return Float64Array.from({ length: n }, (_, r) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += Math.max(distances.get(r, i), reach[indices.get(r, i)]!);
    return 1 / (sum / k + 1e-10);
  });
}
