import { resampleModule } from './wasm/resample.js';

/** Taps of an axis in flat arrays, as the inner loops read them. */
export interface PackedTaps {
  /** First input position of each output position. */
  readonly first: Int32Array;
  /** Weights of each output position. */
  readonly count: Int32Array;
  /** All weights, one output position after another. */
  readonly weights: Float64Array;
  /** Largest of `count`. */
  readonly most: number;
}

/** What `resample` does to every weighted sum before it is stored, channel by channel. */
export interface Affine {
  /** Channels of the result: those of the input, or 3 for an input of 1, which is repeated. */
  readonly channels: 1 | 3;
  /** Multiplied, one per channel of the result. */
  readonly factor: readonly number[];
  /** Added afterwards, one per channel of the result. */
  readonly shift: readonly number[];
}

interface Kernel {
  readonly buffer: ArrayBuffer;
  readonly widen: (from: number, to: number, count: number) => void;
  readonly down: (rows: number, weights: number, n: number, sums: number, bytes: number) => void;
  readonly right3: (...args: readonly [...RightArguments]) => void;
  readonly right1: (...args: readonly [...RightArguments, step: number]) => void;
}

type RightArguments = [
  sums: number,
  first: number,
  weights: number,
  taps: number,
  out: number,
  count: number,
  affine: number,
];

/** What {@link resampleWasm} is given: integer pictures of one or three channels. */
export interface WasmJob {
  /** Row-major values; not modified. */
  readonly data: Uint8Array | Uint16Array;
  /** Columns of `data`. */
  readonly width: number;
  /** Interleaved channels of `data`. */
  readonly channels: 1 | 3;
  /** Taps of every output row. */
  readonly rows: PackedTaps;
  /** Taps of every output column. */
  readonly columns: PackedTaps;
  /** Scales and shifts the sums on the way out. */
  readonly affine: Affine;
}

const page = 65536;
let shared: Kernel | undefined;
let missing = false;

/**
 * The weighted sums of `resample` in WebAssembly: down first, then right, in float32.
 *
 * @param job - the picture and its taps
 * @param out - the result
 * @returns false where the platform has no WebAssembly with SIMD or forbids it: nothing is written then
 */
export function resampleWasm(job: WasmJob, out: Float32Array): boolean {
  const { data, width, channels, rows, columns, affine } = job;
  const count = columns.first.length;
  const values = width * channels;
  // One channel: four taps at a time.
  const taps = channels === 3 ? columns.most : 4 * Math.ceil(columns.most / 4);
  const lineBytes = 64 * Math.ceil(values / 16);
  const at = { list: 0, listWeights: 0, first: 0, weights: 0, affine: 0, sums: 0, lines: 0, row: 0, raw: 0 };
  let bytes = 0;
  for (const [name, size] of [
    ['list', 4 * rows.most],
    ['listWeights', 4 * rows.most],
    ['first', 4 * count],
    ['weights', 4 * count * taps],
    ['affine', 32],
    ['sums', lineBytes + 4 * taps + 16],
    ['lines', lineBytes * rows.most],
    ['row', 12 * count + 16],
    ['raw', lineBytes / 4],
  ] as const) {
    at[name] = bytes;
    bytes += 16 * Math.ceil(size / 16);
  }
  const kernel = kernelFor(bytes);
  if (kernel === undefined) return false;
  const floats = new Float32Array(kernel.buffer, 0, bytes / 4);
  const integers = new Int32Array(kernel.buffer, 0, bytes / 4);
  const raw = new Uint8Array(kernel.buffer, at.raw, values);
  // Weights beside the taps are 0, and so must be what they are multiplied with: not NaN.
  floats.fill(0);
  putColumns(columns, channels, taps, integers.subarray(at.first / 4), floats.subarray(at.weights / 4));
  for (let c = 0; c < affine.channels; c++) {
    floats[at.affine / 4 + c] = affine.factor[c]!;
    floats[at.affine / 4 + 4 + c] = affine.shift[c]!;
  }
  const outValues = count * affine.channels;
  const row = floats.subarray(at.row / 4, at.row / 4 + outValues);
  const held = new Int32Array(rows.most).fill(-1);
  for (let y = 0, w = 0; y < rows.first.length; y++) {
    const n = rows.count[y]!;
    for (let k = 0; k < n; k++) {
      const from = rows.first[y]! + k;
      const slot = from % rows.most;
      const line = at.lines + slot * lineBytes;
      if (held[slot] !== from) {
        held[slot] = from;
        const source = data.subarray(from * values, (from + 1) * values);
        if (data instanceof Uint8Array) {
          raw.set(source);
          kernel.widen(at.raw, line, values);
        } else floats.set(source, line / 4);
      }
      integers[at.list / 4 + k] = line;
      floats[at.listWeights / 4 + k] = rows.weights[w++]!;
    }
    kernel.down(at.list, at.listWeights, n, at.sums, lineBytes);
    if (channels === 3) kernel.right3(at.sums, at.first, at.weights, taps, at.row, count, at.affine);
    else kernel.right1(at.sums, at.first, at.weights, taps, at.row, count, at.affine, 4 * affine.channels);
    out.set(row, y * outValues);
  }
  return true;
}

function putColumns(
  { first, count, weights }: PackedTaps,
  channels: number,
  taps: number,
  starts: Int32Array,
  padded: Float32Array,
): void {
  for (let i = 0, w = 0; i < first.length; i++) {
    starts[i] = 4 * channels * first[i]!;
    for (let k = 0; k < count[i]!; k++) padded[i * taps + k] = weights[w++]!;
  }
}

/**
 * The shared kernel, or a new one with more memory: memory that grows detaches the arrays that look into it, after which
 * engines check every access to every array for that.
 */
function kernelFor(bytes: number): Kernel | undefined {
  if (missing || (shared !== undefined && shared.buffer.byteLength >= bytes)) return shared;
  try {
    const module = new WebAssembly.Module(
      Uint8Array.from(atob(resampleModule), (character) => character.charCodeAt(0)),
    );
    const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * bytes) / page) });
    const { exports } = new WebAssembly.Instance(module, { resample: { memory } });
    shared = { buffer: memory.buffer, ...(exports as unknown as Omit<Kernel, 'buffer'>) };
  } catch {
    // A page may forbid WebAssembly by its content security policy, old platforms lack SIMD, memory may be short.
    missing = shared === undefined;
    return undefined;
  }
  return shared;
}
