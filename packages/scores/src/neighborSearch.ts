import type { FloatRows } from './neighborBank.js';

/** What a search finds, `k` values per query. */
export interface Found {
  /** Euclidean distances, nearest first. */
  readonly distances: Float64Array;
  /** Row numbers. */
  readonly indices: Uint32Array;
}

/** Bank rows compared at a time: they stay in the second-level cache while every query passes. */
const BLOCK_VALUES = 65536;

/**
 * Exact k nearest neighbours. Candidates are found by `|q|² + |b|² - 2 q·b` with float64 sums; the distances of the `k` kept
 * ones are then computed from the differences, free of cancellation.
 *
 * @param queries - rows to look up
 * @param bank - rows to find, finite
 * @param k - neighbours, at most the rows of the bank
 * @returns for each query `k` distances, nearest first, and row numbers; equal distances by number. A query that is not
 *   finite has distances NaN and numbers 0
 */
export function searchNeighbors(queries: FloatRows, bank: FloatRows, k: number): Found {
  const { n, d } = bank;
  const m = queries.n;
  const norms = squaredNorms(bank);
  const best = new Float64Array(m * k).fill(Infinity);
  const indices = new Uint32Array(m * k);
  // Whole fours, so that the rows of a block are compared four at a time; the last rows are repeated but not used.
  const block = Math.max(4, Math.floor(BLOCK_VALUES / d / 4) * 4);
  const products = new Float64Array(2 * block);
  for (let first = 0; first < n; first += block) {
    const rows = Math.min(block, n - first);
    for (let q = 0; q < m; q += 2) {
      const pair = q + 1 < m;
      multiply(queries.data, q * d, pair ? (q + 1) * d : q * d, bank.data, first * d, rows, d, products, block);
      keep(products, 0, norms, first, rows, best, indices, q * k, k);
      if (pair) keep(products, block, norms, first, rows, best, indices, (q + 1) * k, k);
    }
  }
  return { distances: refine(queries, bank, k, indices), indices };
}

/**
 * Squared lengths of rows, in float64.
 *
 * @param rows - the rows
 * @returns one per row
 */
export function squaredNorms({ data, n, d }: FloatRows): Float64Array {
  return Float64Array.from({ length: n }, (_, r) => {
    let sum = 0;
    for (let j = r * d; j < (r + 1) * d; j++) sum += data[j]! * data[j]!;
    return sum;
  });
}

/**
 * Squared distance of a query to a row of the bank, from the differences, in float64.
 *
 * @param queries - the queries
 * @param q - which query
 * @param bank - the bank
 * @param r - which row
 * @returns `|q - r|²`
 */
export function squaredDistance(queries: FloatRows, q: number, bank: FloatRows, r: number): number {
  const { data: x, d } = queries;
  const y = bank.data;
  const a = q * d;
  const b = r * d;
  let sum = 0;
  for (let j = 0; j < d; j++) sum += (x[a + j]! - y[b + j]!) ** 2;
  return sum;
}

/** Dot products of two queries with the rows of a block, 2 x 4 sums in registers. */
function multiply(
  queries: Float32Array,
  a: number,
  b: number,
  bank: Float32Array,
  start: number,
  rows: number,
  d: number,
  out: Float64Array,
  second: number,
): void {
  for (let r = 0; r < rows; r += 4) {
    const r0 = start + r * d;
    const r1 = start + Math.min(r + 1, rows - 1) * d;
    const r2 = start + Math.min(r + 2, rows - 1) * d;
    const r3 = start + Math.min(r + 3, rows - 1) * d;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let j = 0; j < d; j++) {
      const x = queries[a + j]!;
      const y = queries[b + j]!;
      const v0 = bank[r0 + j]!;
      const v1 = bank[r1 + j]!;
      const v2 = bank[r2 + j]!;
      const v3 = bank[r3 + j]!;
      a0 += x * v0;
      a1 += x * v1;
      a2 += x * v2;
      a3 += x * v3;
      b0 += y * v0;
      b1 += y * v1;
      b2 += y * v2;
      b3 += y * v3;
    }
    out[r] = a0;
    out[r + 1] = a1;
    out[r + 2] = a2;
    out[r + 3] = a3;
    out[second + r] = b0;
    out[second + r + 1] = b1;
    out[second + r + 2] = b2;
    out[second + r + 3] = b3;
  }
}

/** Inserts the rows of a block that are nearer than the worst kept so far; the query's own norm is the same for all. */
function keep(
  products: Float64Array,
  offset: number,
  norms: Float64Array,
  first: number,
  rows: number,
  best: Float64Array,
  indices: Uint32Array,
  at: number,
  k: number,
): void {
  let limit = best[at + k - 1]!;
  for (let r = 0; r < rows; r++) {
    const value = norms[first + r]! - 2 * products[offset + r]!;
    if (!(value < limit)) continue;
    let slot = at + k - 1;
    for (; slot > at && best[slot - 1]! > value; slot--) {
      best[slot] = best[slot - 1]!;
      indices[slot] = indices[slot - 1]!;
    }
    best[slot] = value;
    indices[slot] = first + r;
    limit = best[at + k - 1]!;
  }
}

/** Exact distances of the kept rows, sorted; changes the order of `indices` where rounding had it wrong. */
function refine(queries: FloatRows, bank: FloatRows, k: number, indices: Uint32Array): Float64Array {
  const distances = new Float64Array(queries.n * k);
  for (let q = 0; q < queries.n; q++) {
    const found = Array.from(indices.subarray(q * k, (q + 1) * k), (index) => {
      const squared = squaredDistance(queries, q, bank, index);
      return Number.isFinite(squared) ? { index, distance: Math.sqrt(squared) } : { index: 0, distance: NaN };
    });
    found.sort((a, b) => a.distance - b.distance || a.index - b.index);
    found.forEach(({ index, distance }, i) => {
      distances[q * k + i] = distance;
      indices[q * k + i] = index;
    });
  }
  return distances;
}
