import { argumentMessage, assertFinite, assertKnownOptions, assertOneOf, type NdArray } from '@adlib/core';
import { toPlane } from './plane.js';

/** Options of {@link largestResponse}. */
export interface LargestResponseOptions {
  /** Pixels above it belong to a response, in the map's units. */
  threshold: number;
  /** What is compared: the `sum` of `value - threshold` over the region, or its `area` in pixels. @defaultValue 'sum' */
  measure?: 'sum' | 'area';
  /** Neighbours of a pixel: 4 (edges) or 8 (edges and corners). @defaultValue 8 */
  connectivity?: 4 | 8;
}

/**
 * Image score from a map: the largest connected response. Pixels above a threshold are grouped into connected regions;
 * the score is the largest `Σ (value - threshold)` of a region. Unlike the maximum it is not moved by single pixels.
 *
 * @param map - shape `[height, width]`; not modified
 * @param options - see {@link LargestResponseOptions}; take the threshold from maps of good images
 * @returns the score, >= 0; 0 where no pixel is above the threshold; NaN if the map holds a NaN
 * @throws TypeError or RangeError if the map is empty or not two-dimensional, or an option is wrong
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { largestResponse } from '@adlib/scores';
 * const map = ndarray(new Float32Array([5, 0, 2, 0, 0, 2]), [2, 3]);
 * console.log(largestResponse(map, { threshold: 1 }), largestResponse(map, { threshold: 1, measure: 'area' })); // 4 2
 * ```
 */
export function largestResponse(map: NdArray, options: LargestResponseOptions): number {
  assertKnownOptions('largestResponse', options, ['threshold', 'measure', 'connectivity']);
  const { threshold, measure = 'sum', connectivity = 8 } = options;
  assertFinite('largestResponse', 'threshold', threshold);
  assertOneOf('largestResponse', 'measure', measure, ['sum', 'area']);
  if (connectivity !== 4 && connectivity !== 8) {
    throw new RangeError(argumentMessage('largestResponse', 'connectivity', '4 or 8', connectivity));
  }
  const { data, height, width } = toPlane('largestResponse', 'map', map);
  if (data.some((v) => Number.isNaN(v))) return NaN;
  const seen = new Uint8Array(data.length);
  const stack = new Int32Array(data.length);
  let best = 0;
  for (let start = 0; start < data.length; start++) {
    if (seen[start] === 1 || !(data[start]! > threshold)) continue;
    let depth = 1;
    let total = 0;
    stack[0] = start;
    seen[start] = 1;
    while (depth > 0) {
      const at = stack[--depth]!;
      total += measure === 'sum' ? data[at]! - threshold : 1;
      const x = at % width;
      const y = (at - x) / width;
      for (let dy = y > 0 ? -1 : 0; dy <= (y < height - 1 ? 1 : 0); dy++) {
        for (let dx = x > 0 ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx++) {
          if (connectivity === 4 && dx !== 0 && dy !== 0) continue;
          const next = at + dy * width + dx;
          if (seen[next] === 1 || !(data[next]! > threshold)) continue;
          seen[next] = 1;
          stack[depth++] = next;
        }
      }
    }
    best = Math.max(best, total);
  }
  return best;
}
