import type { NdData } from '@adlib/core';
import type { Border } from './border.js';
import { filterRows } from './filterRows.js';

/**
 * Filters a plane along both axes, each with a symmetric kernel.
 *
 * @param data - `height * width` values, row-major; not modified
 * @param size - `[height, width]`
 * @param kernels - `2 r + 1` weights for the columns (downwards) and for the rows (across), symmetric
 * @param out - takes the result, of the same size
 * @param border - what lies beyond the edges
 * @param value - the constant of `border: 'constant'`
 * @returns `out`
 */
export function correlate<Out extends Float32Array | Float64Array>(
  data: NdData,
  size: readonly [number, number],
  kernels: readonly [Float64Array, Float64Array],
  out: Out,
  border: Border,
  value = 0,
): Out {
  const [down, across] = kernels.map((kernel) => kernel.subarray((kernel.length - 1) / 2)) as [
    Float64Array,
    Float64Array,
  ];
  const width = size[1];
  filterRows(
    { size, planes: 1, down, across, border, value },
    (row, [line]) => {
      line!.set(data.subarray(row * width, (row + 1) * width));
    },
    (row, [line]) => {
      out.set(line!, row * width);
    },
  );
  return out;
}
