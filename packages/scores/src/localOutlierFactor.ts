import { assertInteger, assertKnownOptions, type NdArray } from '@adlib/core';
import { needFitted, type FeatureScorer } from './features.js';
import { loadBank, saveBank, toBank, toFloatRows, withoutRows, withRows, type FloatRows } from './neighborBank.js';
import { searchNeighbors, type Found } from './neighborSearch.js';
import type { ScorerState } from './scorerState.js';

/** Options of {@link LocalOutlierFactor}. */
export interface LocalOutlierFactorOptions {
  /** Neighbours. @defaultValue 20 */
  k?: number;
}

interface Learned {
  bank: FloatRows;
  /** For each row of the bank, its k nearest others, nearest first. */
  own: Found;
  /** Local reachability density of each row of the bank. */
  density: Float64Array;
}

/**
 * Local outlier factor of new rows: how much less dense the place of a row is than the places of its neighbours among the
 * good rows. About 1 inside the good parts, more outside. As scikit-learn's `LocalOutlierFactor(novelty=True)`.
 *
 * `fit` costs O(n² d), `score` O(n d) per row. `add` of m rows costs O(m n d), `remove` O(n d) for each row that loses a
 * neighbour; both give what a new `fit` would. Memory: the rows in float32 and their neighbours, `4 n d + 12 n k` bytes.
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

  /** Rows it stands on. */
  get count(): number {
    return needFitted('LocalOutlierFactor.count', this.#learned).bank.n;
  }

  /** Learns from rows of features, shape `[n, d]`, n > k; finite. */
  fit(features: NdArray): this {
    this.#learn(toBank('LocalOutlierFactor.fit', features, this.options.k + 1));
    return this;
  }

  #learn(bank: FloatRows): void {
    this.#finish(bank, otherNeighbors(bank, range(0, bank.n), this.options.k));
  }

  #finish(bank: FloatRows, own: Found): void {
    this.#learned = { bank, own, density: reachabilityDensity(own, own, this.options.k) };
  }

  /** Adds rows at the end, shape `[n, d]`. */
  add(features: NdArray): this {
    const { k } = this.options;
    const before = needFitted('LocalOutlierFactor.add', this.#learned);
    const bank = withRows('LocalOutlierFactor.add', before.bank, features);
    const [n, m] = [before.bank.n, bank.n - before.bank.n];
    const fresh: FloatRows = { data: bank.data.subarray(n * bank.d), n: m, d: bank.d };
    const nearestFresh = searchNeighbors(before.bank, fresh, Math.min(k, m));
    const theirs = otherNeighbors(bank, range(n, bank.n), k);
    const own: Found = { distances: new Float64Array(bank.n * k), indices: new Uint32Array(bank.n * k) };
    own.distances.set(theirs.distances, n * k);
    own.indices.set(theirs.indices, n * k);
    for (let r = 0; r < n; r++) mergeNeighbors(before.own, nearestFresh, r, k, n, own);
    this.#finish(bank, own);
    return this;
  }

  /** Takes rows out by number; the rows after them move up. More than k must be left. */
  remove(indices: ArrayLike<number>): this {
    const { k } = this.options;
    const before = needFitted('LocalOutlierFactor.remove', this.#learned);
    const bank = withoutRows('LocalOutlierFactor.remove', before.bank, indices, k + 1);
    const gone = new Set(Array.from(indices));
    const place = new Uint32Array(before.bank.n);
    const own: Found = { distances: new Float64Array(bank.n * k), indices: new Uint32Array(bank.n * k) };
    for (let r = 0, next = 0; r < place.length; r++) if (!gone.has(r)) place[r] = next++;
    const bereft: number[] = [];
    for (let r = 0; r < place.length; r++) {
      if (gone.has(r)) continue;
      const to = place[r]! * k;
      const neighbors = before.own.indices.subarray(r * k, (r + 1) * k);
      if (neighbors.some((index) => gone.has(index))) bereft.push(place[r]!);
      own.distances.set(before.own.distances.subarray(r * k, (r + 1) * k), to);
      neighbors.forEach((index, i) => (own.indices[to + i] = place[index]!));
    }
    const found = otherNeighbors(bank, bereft, k);
    bereft.forEach((r, i) => {
      own.distances.set(found.distances.subarray(i * k, (i + 1) * k), r * k);
      own.indices.set(found.indices.subarray(i * k, (i + 1) * k), r * k);
    });
    this.#finish(bank, own);
    return this;
  }

  /** Factor of each row, shape `[n, d]`; > 0; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    const { bank, own, density } = needFitted('LocalOutlierFactor.score', this.#learned);
    const { k } = this.options;
    const found = searchNeighbors(toFloatRows('LocalOutlierFactor.score', features, bank.d), bank, k);
    return reachabilityDensity(found, own, k).map((value, r) => {
      let sum = 0;
      for (let i = r * k; i < (r + 1) * k; i++) sum += density[found.indices[i]!]!;
      return sum / k / value;
    });
  }

  /** What was learned: the rows; the rest is computed from them when loaded. */
  save(): ScorerState {
    const { bank } = needFitted('LocalOutlierFactor.save', this.#learned);
    return { kind: this.kind, options: this.options, facts: {}, tensors: saveBank(bank) };
  }

  /** Restores what {@link LocalOutlierFactor.save} returned; costs what `fit` does. */
  load(state: ScorerState): this {
    this.#learn(loadBank('LocalOutlierFactor.load', state, this.kind, this.options.k + 1));
    return this;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** The k nearest others of some rows of a bank. */
function otherNeighbors(bank: FloatRows, rows: readonly number[], k: number): Found {
  const { d } = bank;
  const queries = new Float32Array(rows.length * d);
  rows.forEach((r, i) => queries.set(bank.data.subarray(r * d, (r + 1) * d), i * d));
  const found = searchNeighbors({ data: queries, n: rows.length, d }, bank, k + 1);
  const out: Found = { distances: new Float64Array(rows.length * k), indices: new Uint32Array(rows.length * k) };
  rows.forEach((row, r) => {
    const from = r * (k + 1);
    let self = 0;
    // With many equal rows the row itself may not be among them; then the last is left out.
    while (self < k && found.indices[from + self] !== row) self++;
    for (let i = 0; i < k; i++) {
      const at = from + (i < self ? i : i + 1);
      out.distances[r * k + i] = found.distances[at]!;
      out.indices[r * k + i] = found.indices[at]!;
    }
  });
  return out;
}

/** Writes the k nearest of a row's old neighbours and of those among the new rows, which are numbered from `n` on. */
function mergeNeighbors(old: Found, fresh: Found, row: number, k: number, n: number, out: Found): void {
  const width = fresh.distances.length / n;
  let [a, b] = [row * k, row * width];
  for (let to = row * k; to < (row + 1) * k; to++) {
    // Of equals the old one: its number is lower.
    const takesOld = b === (row + 1) * width || old.distances[a]! <= fresh.distances[b]!;
    out.distances[to] = takesOld ? old.distances[a]! : fresh.distances[b]!;
    out.indices[to] = takesOld ? old.indices[a++]! : n + fresh.indices[b++]!;
  }
}

/**
 * `1 / mean(max(distance, reach of the neighbour))`, reach being the distance of a row of the bank to its k-th neighbour;
 * the small term is scikit-learn's guard for equal rows.
 */
function reachabilityDensity({ distances, indices }: Found, own: Found, k: number): Float64Array {
  return Float64Array.from({ length: distances.length / k }, (_, r) => {
    let sum = 0;
    for (let i = r * k; i < (r + 1) * k; i++) sum += Math.max(distances[i]!, own.distances[(indices[i]! + 1) * k - 1]!);
    return 1 / (sum / k + 1e-10);
  });
}
