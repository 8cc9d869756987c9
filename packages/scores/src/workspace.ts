import { plainMath, type RowMath } from './rowMath.js';
import { kernelsModule } from './wasm/kernels.js';

/** Memory for rows of numbers, and the inner loops that run in it. Its contents hold until the next one is opened. */
export interface Workspace {
  /** Numbers, of any content at first. */
  readonly floats: Float64Array;
  /** Table of where stretches of `floats` start, in bytes: 8 times the index. */
  readonly starts: Int32Array;
  /** Loops over rows that are parts of `floats`. */
  readonly math: RowMath;
  /**
   * Filters with symmetric weights: `out[x] = Σ_k taps[|k|] floats[starts[from + radius + k] / 8 + x]` for
   * `k = -radius .. radius`.
   *
   * @param from - index of the first of `2 radius + 1` entries of `starts`
   * @param taps - index of `radius + 1` weights, the middle one first
   * @param radius - pairs of stretches
   * @param out - index of the first result
   * @param count - results; up to 7 more are written and read
   */
  readonly weigh: (from: number, taps: number, radius: number, out: number, count: number) => void;
}

/**
 * Opens a workspace: in WebAssembly memory where the platform has WebAssembly with SIMD and allows it, else plain.
 *
 * @param floats - numbers needed
 * @param starts - entries of the table needed
 * @param plain - whether to do without WebAssembly
 * @returns the workspace
 */
export function openWorkspace(floats: number, starts: number, plain = false): Workspace {
  const kernel = plain ? undefined : kernelFor(8 * floats + 4 * starts);
  if (kernel === undefined) return plainWorkspace(new Float64Array(floats), new Int32Array(starts));
  const { buffer, weigh, math } = kernel;
  return {
    floats: new Float64Array(buffer, 0, floats),
    starts: new Int32Array(buffer, 8 * floats, starts),
    math,
    weigh: (from, taps, radius, out, count) => {
      weigh(8 * floats + 4 * from, 8 * taps, 8 * out, radius, count);
    },
  };
}

/**
 * Opens a workspace that is rows only.
 *
 * @param lengths - numbers of each row
 * @param plain - whether to do without WebAssembly
 * @returns the rows, of any content at first, and the loops over them
 */
export function openRows(lengths: readonly number[], plain = false): { rows: Float64Array[]; math: RowMath } {
  const { floats, math } = openWorkspace(
    lengths.reduce((sum, length) => sum + oddLines(length + 1), 0),
    0,
    plain,
  );
  let end = 0;
  const rows = lengths.map((length) => {
    const row = floats.subarray(end, end + length);
    end += oddLines(length + 1);
    return row;
  });
  return { rows, math };
}

/**
 * A row seen as float32, two in the place of one number.
 *
 * @param row - the row
 * @returns twice as many numbers in the same memory
 */
export function asFloat32(row: Float64Array): Float32Array {
  return new Float32Array(row.buffer, row.byteOffset, 2 * row.length);
}

/**
 * Numbers in an odd number of cache lines (8 numbers each), at least as many as asked for: rows that are a power of two
 * apart would push each other out of the cache.
 *
 * @param numbers - numbers needed
 * @returns numbers to leave room for
 */
export function oddLines(numbers: number): number {
  return 8 * (((numbers + 7) >> 3) | 1);
}

interface Kernel {
  buffer: ArrayBuffer;
  math: RowMath;
  weigh: (starts: number, taps: number, out: number, radius: number, count: number) => void;
}

const PAGE = 65536;
let shared: Kernel | undefined;
let missing = false;

/**
 * The shared kernel, or a new one with more memory: memory that grows detaches the arrays that look into it, after which
 * engines check every access to every array for that.
 */
function kernelFor(bytes: number): Kernel | undefined {
  if (missing || (shared !== undefined && shared.buffer.byteLength >= bytes)) return shared;
  try {
    const module = new WebAssembly.Module(Uint8Array.from(atob(kernelsModule), (character) => character.charCodeAt(0)));
    const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * bytes) / PAGE) });
    const { exports } = new WebAssembly.Instance(module, { workspace: { memory } });
    const kernels = exports as Record<keyof RowMath | 'weigh', (...numbers: number[]) => number>;
    shared = { buffer: memory.buffer, weigh: kernels.weigh, math: rowMathOf(kernels) };
  } catch {
    // A page may forbid WebAssembly by its content security policy, old platforms lack SIMD, memory may be short.
    missing = shared === undefined;
    return undefined;
  }
  return shared;
}

/** The exported functions take where arrays lie in their memory. */
function rowMathOf(kernels: Record<keyof RowMath, (...numbers: number[]) => number>): RowMath {
  const { products, similarity, gradient, grey, halve, squaredDifferences, notBelow } = kernels;
  return {
    products(x, y, { byteOffset: squares }, { byteOffset: product }, [a, b]) {
      products(x.byteOffset, y.byteOffset, squares, product, x.length, a, b);
    },
    similarity(x, y, { byteOffset: squares }, { byteOffset: product }, { luminance, c1, covariance, c2 }) {
      similarity(x.byteOffset, y.byteOffset, squares, product, x.length, luminance, c1, covariance, c2);
    },
    gradient(above, at, below, out, middle, scale) {
      gradient(above.byteOffset, at.byteOffset, below.byteOffset, out.byteOffset, out.length, middle, scale);
    },
    grey(from, out, [red, green, blue]) {
      grey(from.byteOffset, out.byteOffset, out.length, red, green, blue);
    },
    halve(top, bottom, out) {
      halve(top.byteOffset, bottom.byteOffset, out.byteOffset, out.length);
    },
    squaredDifferences: (a, b) => squaredDifferences(a.byteOffset, b.byteOffset, a.length),
    notBelow: (values, limit, out) => notBelow(values.byteOffset, out.byteOffset, values.length, limit),
  };
}

function plainWorkspace(floats: Float64Array, starts: Int32Array): Workspace {
  return {
    floats,
    starts,
    math: plainMath,
    weigh: (from, taps, radius, out, count) => {
      weighPlain(floats, starts.subarray(from), taps, radius, out, count);
    },
  };
}

/** Two pairs of stretches at a time, so that the sum is loaded and stored once for four taps. */
function weighPlain(
  floats: Float64Array,
  starts: Int32Array,
  taps: number,
  radius: number,
  out: number,
  count: number,
): void {
  const from = (k: number): number => starts[radius + k]! >> 3;
  const middle = from(0);
  const weight = floats[taps]!;
  for (let x = 0; x < count; x++) floats[out + x] = weight * floats[middle + x]!;
  let k = 1;
  for (; k < radius; k += 2) {
    const [w, v] = [floats[taps + k]!, floats[taps + k + 1]!];
    const [a, b, c, d] = [from(-k), from(k), from(-k - 1), from(k + 1)];
    for (let x = 0; x < count; x++) {
      floats[out + x]! += w * (floats[a + x]! + floats[b + x]!) + v * (floats[c + x]! + floats[d + x]!);
    }
  }
  if (k > radius) return;
  const [w, a, b] = [floats[taps + k]!, from(-k), from(k)];
  for (let x = 0; x < count; x++) floats[out + x]! += w * (floats[a + x]! + floats[b + x]!);
}
