import { borderIndices, type Border } from './border.js';

/**
 * Filters a plane along both axes, each with a symmetric kernel.
 *
 * @param data - `height * width` values, row-major; not modified
 * @param size - `[height, width]`
 * @param kernels - `2 r + 1` weights for the columns (downwards) and for the rows (across), symmetric
 * @param border - what lies beyond the edges
 * @param value - the constant of `border: 'constant'`
 * @returns a new float64 array of the same size
 */
export function correlateExact(
  data: Float64Array,
  size: readonly [number, number],
  kernels: readonly [Float64Array, Float64Array],
  border: Border,
  value = 0,
): Float64Array {
  const out = filterDown(data, size, kernels[0], border, value);
  filterAcross(out, size, kernels[1], border, value);
  return out;
}

function filterDown(
  data: Float64Array,
  [height, width]: readonly [number, number],
  kernel: Float64Array,
  border: Border,
  value: number,
): Float64Array {
  const taps = kernel.length;
  const rows = borderIndices(height, (taps - 1) / 2, border);
  let source = data;
  if (border === 'constant') {
    // One more row holds the constant; it stands at the index -1 is turned into.
    source = new Float64Array(data.length + width).fill(value);
    source.set(data);
  }
  const starts = rows.map((row) => (row < 0 ? height : row) * width);
  const out = new Float64Array(height * width);
  for (let y = 0; y < height; y++) weigh(source, starts, y, kernel, out, y * width, width);
  return out;
}

/** In place: each line is copied into a padded buffer first. */
function filterAcross(
  data: Float64Array,
  [height, width]: readonly [number, number],
  kernel: Float64Array,
  border: Border,
  value: number,
): void {
  const columns = borderIndices(width, (kernel.length - 1) / 2, border);
  const starts = Int32Array.from(kernel.keys());
  const padded = new Float64Array(columns.length);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      padded[i] = column < 0 ? value : data[start + column]!;
    }
    weigh(padded, starts, 0, kernel, data, start, width);
  }
}

/**
 * `out[x] = Σ_k kernel[k] source[starts[first + k] + x]` for a symmetric kernel: the two stretches of a pair are added
 * first, and four pairs are taken at a time so that the sum is loaded and stored once for eight taps.
 */
function weigh(
  source: Float64Array,
  starts: Int32Array,
  first: number,
  kernel: Float64Array,
  out: Float64Array,
  at: number,
  width: number,
): void {
  const last = first + kernel.length - 1;
  const radius = (kernel.length - 1) / 2;
  const centre = kernel[radius]!;
  const c = starts[first + radius]!;
  for (let x = 0; x < width; x++) out[at + x] = centre * source[c + x]!;
  let k = 0;
  for (; k + 4 <= radius; k += 4) {
    const w0 = kernel[k]!;
    const w1 = kernel[k + 1]!;
    const w2 = kernel[k + 2]!;
    const w3 = kernel[k + 3]!;
    const a0 = starts[first + k]!;
    const a1 = starts[first + k + 1]!;
    const a2 = starts[first + k + 2]!;
    const a3 = starts[first + k + 3]!;
    const b0 = starts[last - k]!;
    const b1 = starts[last - k - 1]!;
    const b2 = starts[last - k - 2]!;
    const b3 = starts[last - k - 3]!;
    for (let x = 0; x < width; x++) {
      out[at + x]! +=
        w0 * (source[a0 + x]! + source[b0 + x]!) +
        w1 * (source[a1 + x]! + source[b1 + x]!) +
        (w2 * (source[a2 + x]! + source[b2 + x]!) + w3 * (source[a3 + x]! + source[b3 + x]!));
    }
  }
  for (; k < radius; k++) {
    const w = kernel[k]!;
    const a = starts[first + k]!;
    const b = starts[last - k]!;
    for (let x = 0; x < width; x++) out[at + x]! += w * (source[a + x]! + source[b + x]!);
  }
}
