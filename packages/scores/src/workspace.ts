import { weighModule } from './wasm/weigh.js';

/** Memory for line filters, and the inner loop that runs in it. Its contents hold until the next one is opened. */
export interface Workspace {
  /** Numbers, of any content at first. */
  readonly floats: Float64Array;
  /** Table of where stretches of `floats` start, in bytes: 8 times the index. */
  readonly starts: Int32Array;
  /**
   * Filters with symmetric weights: `out[x] = Σ_k taps[|k|] floats[starts[radius + k] / 8 + x]` for `k = -radius .. radius`.
   *
   * @param taps - index of `radius + 1` weights, the middle one first
   * @param radius - pairs of stretches; `starts` holds `2 radius + 1`
   * @param out - index of the first result
   * @param count - results; up to 7 more are written and read
   */
  readonly weigh: (taps: number, radius: number, out: number, count: number) => void;
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
  const { buffer, weigh } = kernel;
  return {
    floats: new Float64Array(buffer, 0, floats),
    starts: new Int32Array(buffer, 8 * floats, starts),
    weigh: (taps, radius, out, count) => {
      weigh(8 * floats, 8 * taps, 8 * out, radius, count);
    },
  };
}

interface Kernel {
  buffer: ArrayBuffer;
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
    const module = new WebAssembly.Module(Uint8Array.from(atob(weighModule), (character) => character.charCodeAt(0)));
    const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * bytes) / PAGE) });
    const { exports } = new WebAssembly.Instance(module, { workspace: { memory } });
    shared = { buffer: memory.buffer, weigh: exports['weigh'] as Kernel['weigh'] };
  } catch {
    // A page may forbid WebAssembly by its content security policy, old platforms lack SIMD, memory may be short.
    missing = shared === undefined;
    return undefined;
  }
  return shared;
}

function plainWorkspace(floats: Float64Array, starts: Int32Array): Workspace {
  return {
    floats,
    starts,
    weigh: (taps, radius, out, count) => {
      weighPlain(floats, starts, taps, radius, out, count);
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
