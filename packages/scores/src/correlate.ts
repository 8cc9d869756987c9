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
  data: ArrayLike<number>,
  [height, width]: readonly [number, number],
  kernels: readonly [Float64Array, Float64Array],
  border: Border,
  value = 0,
): Float64Array {
  const out = filterDown(data, height, width, kernels[0], border, value);
  filterAcross(out, height, width, kernels[1], border, value);
  return out;
}

function filterDown(
  data: ArrayLike<number>,
  height: number,
  width: number,
  kernel: Float64Array,
  border: Border,
  value: number,
): Float64Array {
  const radius = (kernel.length - 1) / 2;
  const rows = borderIndices(height, radius, border);
  const outside = new Float64Array(border === 'constant' ? width : 0).fill(value);
  const out = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    const line = out.subarray(y * width, (y + 1) * width);
    for (let k = 0; k < kernel.length; k++) {
      const w = kernel[k]!;
      const row = rows[y + k]!;
      const source = row < 0 ? outside : data;
      const start = row < 0 ? 0 : row * width;
      for (let x = 0; x < width; x++) line[x]! += w * source[start + x]!;
    }
  }
  return out;
}

/** In place: each line is copied into a padded buffer first. */
function filterAcross(
  data: Float64Array,
  height: number,
  width: number,
  kernel: Float64Array,
  border: Border,
  value: number,
): void {
  const radius = (kernel.length - 1) / 2;
  const columns = borderIndices(width, radius, border);
  const padded = new Float64Array(columns.length);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      padded[i] = column < 0 ? value : data[start + column]!;
    }
    for (let x = 0; x < width; x++) {
      let sum = kernel[radius]! * padded[x + radius]!;
      for (let k = 0, end = 2 * radius; k < radius; k++) sum += kernel[k]! * (padded[x + k]! + padded[x + end - k]!);
      data[start + x] = sum;
    }
  }
}
