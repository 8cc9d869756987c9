import { borderIndices, type Border } from './border.js';

/**
 * Filters a plane along both axes with one symmetric kernel.
 *
 * @param data - `height * width` values, row-major; not modified
 * @param height - rows
 * @param width - columns
 * @param kernel - `2 r + 1` weights, symmetric
 * @param border - what lies beyond the edges
 * @param value - the constant of `border: 'constant'`
 * @returns a new float32 array of the same size; sums are taken in float64
 */
export function correlateBoth(
  data: ArrayLike<number>,
  height: number,
  width: number,
  kernel: Float64Array,
  border: Border,
  value: number,
): Float32Array<ArrayBuffer> {
  const down = filterDown(data, height, width, kernel, border, value);
  return filterAcross(down, height, width, kernel, border, value);
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

function filterAcross(
  data: Float64Array,
  height: number,
  width: number,
  kernel: Float64Array,
  border: Border,
  value: number,
): Float32Array<ArrayBuffer> {
  const radius = (kernel.length - 1) / 2;
  const columns = borderIndices(width, radius, border);
  const padded = new Float64Array(columns.length);
  const out = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      padded[i] = column < 0 ? value : data[start + column]!;
    }
    for (let x = 0; x < width; x++) {
      let sum = kernel[radius]! * padded[x + radius]!;
      for (let k = 0, end = 2 * radius; k < radius; k++) sum += kernel[k]! * (padded[x + k]! + padded[x + end - k]!);
      out[start + x] = sum;
    }
  }
  return out;
}
