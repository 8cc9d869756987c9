import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  createRandom,
  ndarray,
  toRowMajor,
  type NdArray,
  type Random,
  type View,
} from '@adlib/core';
import { needFitted, scoreRows, toRows, toTrainingRows, type FeatureScorer, type Rows } from './features.js';
import { loadValues, saveTensor, type ScorerState } from './scorerState.js';

/** Options of {@link KMeans}. */
export interface KMeansOptions {
  /** Number of clusters. @defaultValue 3 */
  clusters?: number;
  /** Centres to begin with, shape `[clusters, d]`, in place of k-means++; then there is one run. */
  initial?: NdArray;
  /** Runs with different beginnings; the one with the least inertia is kept. @defaultValue 10 */
  restarts?: number;
  /** Largest number of iterations of a run. @defaultValue 300 */
  maxIterations?: number;
  /** A run stops when `Σ |centre - centre before|²` is at most this times the mean variance of the features. @defaultValue 1e-4 */
  tolerance?: number;
  /** Seed of the beginnings. @defaultValue 0 */
  seed?: number;
}

interface Learned {
  centres: Float64Array;
  d: number;
  inertia: number;
}

/**
 * Distance to the nearest of `k` cluster centres of good parts (Lloyd's algorithm, k-means++ beginnings). `fit` costs
 * O(n k d) per iteration, `score` O(k d) per row; it holds O(k d).
 *
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { KMeans } from '@adlib/scores';
 * const good = ndarray(new Float32Array([0, 0, 0, 1, 1, 0, 8, 8, 9, 8, 8, 9]), [6, 2]);
 * console.log(new KMeans({ clusters: 2 }).fit(good).score(ndarray(new Float32Array([4, 4]), [1, 2]))); // 5.185...
 * ```
 * @see Lloyd 1982; Arthur and Vassilvitskii 2007 (k-means++)
 */
export class KMeans implements FeatureScorer {
  /** Name of the scorer. */
  readonly kind = 'k-means';
  /** What it scores. */
  readonly needs = 'features';
  /** Options with defaults filled in; the initial centres are not among them. */
  readonly options: Readonly<Required<Omit<KMeansOptions, 'initial'>>>;
  readonly #initial: NdArray | undefined;
  #learned: Learned | undefined;

  /** @param options - see {@link KMeansOptions} */
  constructor(options: KMeansOptions = {}) {
    const { clusters = 3, initial, restarts = 10, maxIterations = 300, tolerance = 1e-4, seed = 0 } = options;
    const known = ['clusters', 'initial', 'restarts', 'maxIterations', 'tolerance', 'seed'];
    assertKnownOptions('KMeans', options, known);
    assertInteger('KMeans', 'clusters', clusters, 1);
    assertInteger('KMeans', 'restarts', restarts, 1);
    assertInteger('KMeans', 'maxIterations', maxIterations, 1);
    assertFinite('KMeans', 'tolerance', tolerance, 0);
    assertInteger('KMeans', 'seed', seed, 0, 0xffffffff);
    this.options = { clusters, restarts, maxIterations, tolerance, seed };
    this.#initial = initial;
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /** Centres, shape `[clusters, d]`; a copy. */
  get centres(): View<Float64Array> {
    const { centres, d } = needFitted('KMeans.centres', this.#learned);
    return ndarray(centres.slice(), [centres.length / d, d]);
  }

  /** Sum of squared distances of the training rows to their centres. */
  get inertia(): number {
    return needFitted('KMeans.inertia', this.#learned).inertia;
  }

  /** Learns from rows of features, shape `[n, d]`, n >= clusters; finite. */
  fit(features: NdArray): this {
    const { clusters, restarts, seed } = this.options;
    const rows = toTrainingRows('KMeans.fit', features, clusters);
    let best: Learned | undefined;
    for (let run = 0; run < (this.#initial === undefined ? restarts : 1); run++) {
      const begin =
        this.#initial === undefined
          ? plusPlus(rows, clusters, createRandom(seed).split('kMeans').split(run))
          : this.#givenCentres(rows.d);
      const result = this.#lloyd(rows, begin);
      if (best === undefined || result.inertia < best.inertia) best = result;
    }
    this.#learned = best;
    return this;
  }

  #givenCentres(d: number): Float64Array {
    const { clusters } = this.options;
    const rows = toTrainingRows('KMeans.fit', this.#initial!, clusters, d);
    if (rows.n !== clusters) {
      throw new RangeError(argumentMessage('KMeans', 'initial', `of shape [${clusters}, ${d}]`, this.#initial!.shape));
    }
    return Float64Array.from(toRowMajor(this.#initial!));
  }

  #lloyd(rows: Rows, begin: Float64Array): Learned {
    const { data, n, d } = rows;
    const { maxIterations, tolerance, clusters } = this.options;
    const limit = tolerance * meanVariance(rows);
    let centres = begin;
    const owner = new Int32Array(n);
    const distance = new Float64Array(n);
    for (let iteration = 0; iteration <= maxIterations; iteration++) {
      assign(rows, centres, owner, distance);
      if (iteration === maxIterations) break;
      const next = new Float64Array(clusters * d);
      const count = new Float64Array(clusters);
      for (let r = 0; r < n; r++) {
        count[owner[r]!]!++;
        for (let j = 0; j < d; j++) next[owner[r]! * d + j]! += data[r * d + j]!;
      }
      let moved = 0;
      for (let c = 0; c < clusters; c++) {
        // An empty cluster takes the row that is worst served.
        const worst = count[c] === 0 ? distance.reduce((best, v, r) => (v > distance[best]! ? r : best), 0) : -1;
        if (worst >= 0) distance[worst] = 0;
        for (let j = 0; j < d; j++) {
          const v = worst >= 0 ? data[worst * d + j]! : next[c * d + j]! / count[c]!;
          moved += (v - centres[c * d + j]!) ** 2;
          next[c * d + j] = v;
        }
      }
      centres = next;
      if (moved <= limit) {
        assign(rows, centres, owner, distance);
        break;
      }
    }
    return { centres, d, inertia: distance.reduce((a, b) => a + b, 0) };
  }

  /** Distance of each row to the nearest centre, shape `[n, d]`; >= 0; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    const { centres, d } = needFitted('KMeans.score', this.#learned);
    return scoreRows(toRows('KMeans.score', features, d), (row) => Math.sqrt(nearest(row, 0, centres, d).squared));
  }

  /** What was learned: the centres. */
  save(): ScorerState {
    const { centres, d, inertia } = needFitted('KMeans.save', this.#learned);
    return {
      kind: this.kind,
      options: this.options,
      facts: { inertia },
      tensors: { centres: saveTensor(centres, [centres.length / d, d]) },
    };
  }

  /** Restores what {@link KMeans.save} returned. */
  load(state: ScorerState): this {
    const { clusters } = this.options;
    const centres = loadValues('KMeans.load', state, this.kind, 'centres', [clusters, undefined]);
    this.#learned = { centres, d: centres.length / clusters, inertia: state.facts.inertia ?? NaN };
    return this;
  }
}

function nearest(x: Float64Array, at: number, centres: Float64Array, d: number): { index: number; squared: number } {
  let index = 0;
  let squared = Infinity;
  for (let c = 0; c < centres.length; c += d) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += (x[at + j]! - centres[c + j]!) ** 2;
    if (sum < squared) {
      squared = sum;
      index = c / d;
    }
  }
  return { index, squared };
}

function assign({ data, n, d }: Rows, centres: Float64Array, owner: Int32Array, distance: Float64Array): void {
  for (let r = 0; r < n; r++) {
    const { index, squared } = nearest(data, r * d, centres, d);
    owner[r] = index;
    distance[r] = squared;
  }
}

function meanVariance({ data, n, d }: Rows): number {
  let total = 0;
  for (let j = 0; j < d; j++) {
    let mean = 0;
    for (let r = 0; r < n; r++) mean += data[r * d + j]! / n;
    for (let r = 0; r < n; r++) total += (data[r * d + j]! - mean) ** 2 / n;
  }
  return total / d;
}

/** Each further centre is a row drawn with probability proportional to its squared distance to the centres so far. */
function plusPlus({ data, n, d }: Rows, clusters: number, random: Random): Float64Array {
  const centres = new Float64Array(clusters * d);
  const distance = new Float64Array(n).fill(Infinity);
  let pick = random.integer(n);
  for (let c = 0; c < clusters; c++) {
    const row = data.subarray(pick * d, (pick + 1) * d);
    centres.set(row, c * d);
    let total = 0;
    for (let r = 0; r < n; r++) {
      distance[r] = Math.min(distance[r]!, nearest(data, r * d, row, d).squared);
      total += distance[r]!;
    }
    let rest = random.uniform(0, total);
    pick = 0;
    while (pick < n - 1 && rest >= distance[pick]!) rest -= distance[pick++]!;
  }
  return centres;
}
