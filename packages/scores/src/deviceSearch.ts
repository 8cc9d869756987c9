import { breathe } from '@adlib/core';
import { encodeOnnx, fromOnnx, type OnnxRunner } from '@adlib/runtime';
import type { FloatRows } from './neighborBank.js';
import { searchNeighbors, squaredDistance, squaredNorms, type Found } from './neighborSearch.js';

/** Queries and rows of the bank that meet in one run of the graph: their products take 2 MB. */
const QUERIES = 512;
const ROWS = 1024;
/** Queries that the plain search gets at a time, between which other work may run. */
const PLAIN = 16;
/** Candidates kept beyond k, at first and for the queries where these do not settle the matter. */
const SPARE = [11, 120] as const;

/** A bank with what a search on a device needs besides: `|r|² / 2` of each row, and the largest `|r|`. */
export interface DeviceBank extends FloatRows {
  /** Half the squared length of each row. */
  readonly halfNorms: Float32Array;
  /** The largest length of a row. */
  readonly longest: number;
}

/**
 * Prepares a bank for a search on a device. O(n d); keeps `4 n` bytes besides the bank.
 *
 * @param bank - rows; shared
 * @returns the bank
 */
export function toDeviceBank(bank: FloatRows): DeviceBank {
  const squared = squaredNorms(bank);
  let longest = 0;
  for (const v of squared) longest = Math.max(longest, v);
  return { ...bank, halfNorms: Float32Array.from(squared, (v) => v / 2), longest: Math.sqrt(longest) };
}

/**
 * Opens the graph of one step: `q·rᵀ - |r|² / 2` of some queries and some rows, largest first. The squared distance is
 * `|q|²` less twice that.
 *
 * @param device - a device of ONNX Runtime
 * @returns the graph, to be disposed of
 */
export function openNeighborGraph(device: 'cpu' | 'webgpu' | 'wasm'): Promise<OnnxRunner> {
  const node = (opType: string, inputs: string[], outputs: string[], attributes = {}) => ({
    opType,
    name: outputs[0]!,
    inputs,
    outputs,
    attributes,
  });
  const model = encodeOnnx({
    irVersion: 10,
    producerName: '@adlib/scores',
    producerVersion: '',
    opsets: [{ domain: '', version: 20 }],
    metadata: {},
    graph: {
      name: 'neighbors',
      inputs: [
        { name: 'queries', dtype: 'float32', shape: ['m', 'd'] },
        { name: 'rows', dtype: 'float32', shape: ['n', 'd'] },
        { name: 'halfNorms', dtype: 'float32', shape: ['n'] },
        { name: 'k', dtype: 'int64', shape: [1] },
      ],
      outputs: [
        { name: 'values', dtype: 'float32', shape: ['m', 'k'] },
        { name: 'indices', dtype: 'int32', shape: ['m', 'k'] },
      ],
      initializers: [],
      nodes: [
        node('Gemm', ['queries', 'rows', 'halfNorms'], ['all'], { transB: { int: 1 }, beta: { float: -1 } }),
        node('TopK', ['all', 'k'], ['values', 'found'], { axis: { int: -1 } }),
        node('Cast', ['found'], ['indices'], { to: { int: 6 } }),
      ],
    },
  });
  return fromOnnx(model, { device });
}

/**
 * Exact k nearest neighbours with a graph of {@link openNeighborGraph}. The graph works in float32 and yields a few more
 * candidates than asked for; distances of the best of them are then computed from the differences in float64. A query's
 * answer is taken when the bound on the graph's rounding errors rules out every other row; otherwise it is looked up
 * again with more candidates and, where even those do not settle it (many rows at almost the same distance), by the
 * plain search.
 *
 * @param graph - the graph, or undefined for the plain search alone
 * @param queries - rows to look up
 * @param bank - rows to find, finite
 * @param k - neighbours, at most the rows of the bank
 * @returns the same as the plain search
 */
export async function deviceSearch(
  graph: OnnxRunner | undefined,
  queries: FloatRows,
  bank: DeviceBank,
  k: number,
): Promise<Found> {
  const found: Found = { distances: new Float64Array(queries.n * k), indices: new Uint32Array(queries.n * k) };
  for (let first = 0; first < queries.n; first += QUERIES) {
    let open = Uint32Array.from({ length: Math.min(QUERIES, queries.n - first) }, (_, i) => first + i);
    for (const spare of graph === undefined ? [] : SPARE) {
      if (open.length === 0) break;
      const part = pick(queries, open);
      const candidates = await findCandidates(graph!, part, bank, Math.min(bank.n, k + spare));
      const bound = errorBound(bank);
      open = open.filter((q, i) => !settle(part, i, bank, k, candidates, bound, found, q));
    }
    for (let i = 0; i < open.length; i += PLAIN) {
      const some = open.subarray(i, i + PLAIN);
      const plain = searchNeighbors(pick(queries, some), bank, k);
      some.forEach((q, at) => {
        found.distances.set(plain.distances.subarray(at * k, (at + 1) * k), q * k);
        found.indices.set(plain.indices.subarray(at * k, (at + 1) * k), q * k);
      });
      await breathe();
    }
  }
  return found;
}

/** Rows by number; not copied where they lie one after the other. */
function pick({ data, d }: FloatRows, numbers: Uint32Array): FloatRows {
  const n = numbers.length;
  const first = numbers[0]!;
  if (numbers[n - 1]! - first === n - 1) return { data: data.subarray(first * d, (first + n) * d), n, d };
  const out = new Float32Array(n * d);
  numbers.forEach((r, i) => out.set(data.subarray(r * d, (r + 1) * d), i * d));
  return { data: out, n, d };
}

/** Rows that the graph puts first, `count` per query, best first. */
interface Candidates {
  count: number;
  /** `q·r - |r|² / 2`, in float32. */
  values: Float32Array;
  indices: Uint32Array;
}

async function findCandidates(
  graph: OnnxRunner,
  { data, n, d }: FloatRows,
  bank: DeviceBank,
  count: number,
): Promise<Candidates> {
  const best: Candidates = {
    count,
    values: new Float32Array(n * count).fill(-Infinity),
    indices: new Uint32Array(n * count),
  };
  for (let first = 0; first < bank.n; first += ROWS) {
    const rows = Math.min(ROWS, bank.n - first);
    const each = Math.min(count, rows);
    const { values, indices } = await graph.run({
      queries: { data, shape: [n, d] },
      rows: { data: bank.data.subarray(first * d, (first + rows) * d), shape: [rows, d] },
      halfNorms: { data: bank.halfNorms.subarray(first, first + rows), shape: [rows] },
      k: { data: BigInt64Array.of(BigInt(each)), shape: [1] },
    });
    merge(best, values!.data as Float32Array, indices!.data as Int32Array, each, first, n);
  }
  return best;
}

/** Inserts each query's candidates of one block, which come best first. */
function merge(best: Candidates, values: Float32Array, indices: Int32Array, each: number, first: number, n: number) {
  const { count } = best;
  for (let q = 0; q < n; q++) {
    const begin = q * count;
    for (let i = 0; i < each; i++) {
      const value = values[q * each + i]!;
      let slot = begin + count - 1;
      if (!(value > best.values[slot]!)) break;
      for (; slot > begin && best.values[slot - 1]! < value; slot--) {
        best.values[slot] = best.values[slot - 1]!;
        best.indices[slot] = best.indices[slot - 1]!;
      }
      best.values[slot] = value;
      best.indices[slot] = first + indices[q * each + i]!;
    }
  }
}

/**
 * How far `q·r - |r|² / 2` in float32 can be from the truth, whatever the order of summation: `slope |q| + offset`.
 *
 * @see Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1
 */
function errorBound({ d, longest }: DeviceBank): { slope: number; offset: number } {
  const unit = 2 ** -24;
  const terms = (d + 4) * unit;
  const gamma = terms < 0.5 ? terms / (1 - terms) : Infinity;
  // Numbers too small for float32 count as 0 on some devices; sums beyond it are infinite.
  const offset = longest ** 2 < 1e38 ? (gamma * longest ** 2) / 2 + (d + 4) * 2 ** -126 : Infinity;
  return { slope: gamma * longest, offset };
}

/**
 * Writes the answer of one query if its candidates settle it.
 *
 * @returns whether they do
 */
function settle(
  queries: FloatRows,
  i: number,
  bank: DeviceBank,
  k: number,
  { count, values, indices }: Candidates,
  bound: { slope: number; offset: number },
  found: Found,
  q: number,
): boolean {
  let norm = 0;
  for (let j = i * queries.d; j < (i + 1) * queries.d; j++) norm += queries.data[j]! ** 2;
  const error = bound.slope * Math.sqrt(norm) + bound.offset;
  if (!(norm < 1e38 && error < Infinity)) return false;
  // What float64 may have lost in `norm` and in a squared distance, which is at most (|q| + |r|)².
  const slack = (queries.d + 8) * 2 ** -52 * (Math.sqrt(norm) + bank.longest) ** 2;
  const nearest: { index: number; squared: number }[] = [];
  let settled = count === bank.n;
  for (let c = 0; c <= count; c++) {
    // Of this candidate and of all that follow or were left out, the least squared distance they can have.
    const least = norm - 2 * (values[i * count + Math.min(c, count - 1)]! + error);
    if (nearest.length >= k && nearest[k - 1]!.squared < least - slack) {
      settled = true;
      break;
    }
    if (c === count) break;
    const index = indices[i * count + c]!;
    insert(nearest, { index, squared: squaredDistance(queries, i, bank, index) }, k);
  }
  if (!settled) return false;
  nearest.forEach(({ index, squared }, at) => {
    found.distances[q * k + at] = Math.sqrt(squared);
    found.indices[q * k + at] = index;
  });
  return true;
}

function insert(nearest: { index: number; squared: number }[], one: { index: number; squared: number }, k: number) {
  let at = nearest.length;
  while (
    at > 0 &&
    (nearest[at - 1]!.squared > one.squared ||
      (nearest[at - 1]!.squared === one.squared && nearest[at - 1]!.index > one.index))
  ) {
    at--;
  }
  nearest.splice(at, 0, one);
  if (nearest.length > k) nearest.pop();
}
