/** What one output position reads along one axis: `weights.length` input positions from `first` on; weights sum to 1. */
export interface Taps {
  /** First input position. */
  readonly first: number;
  /** Normalised weights. */
  readonly weights: Float64Array;
}

/** Where output positions fall on the input axis; everything in input units. */
export interface TapOptions {
  /** Input units per output position. @defaultValue from / to */
  scale?: number;
  /** Input coordinate of the left edge of output position 0. @defaultValue 0 */
  start?: number;
  /** First input position that may be read. @defaultValue 0 */
  low?: number;
  /** Last input position that may be read. @defaultValue from - 1 */
  high?: number;
}

/**
 * Taps of the antialiased triangle filter on half-pixel centres. Positions outside `[low, high]` are cut off and the rest
 * renormalised, which replicates the edge.
 *
 * @param from - input positions
 * @param to - output positions
 * @param options - another scale, start or range than the whole axis
 * @returns one {@link Taps} per output position
 */
export function triangleTaps(from: number, to: number, options: TapOptions = {}): Taps[] {
  const { scale = from / to, start = 0, low = 0, high = from - 1 } = options;
  const support = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = Math.min(Math.max(start + (i + 0.5) * scale - 0.5, low), high);
    // Positions at distance `support` have weight 0 and are left out: 0 * NaN would be NaN.
    const first = Math.max(Math.floor(centre - support) + 1, low);
    const last = Math.min(Math.ceil(centre + support) - 1, high);
    const weights = new Float64Array(last - first + 1);
    let sum = 0;
    for (let k = first; k <= last; k++) sum += weights[k - first] = Math.max(0, 1 - Math.abs(k - centre) / support);
    for (let k = 0; k < weights.length; k++) weights[k]! /= sum;
    return { first, weights };
  });
}

/**
 * Weighted sums along columns, then rows, of an interleaved picture.
 *
 * @param data - row-major `rows read * width * channels` values; not modified
 * @param width - columns of `data`
 * @param rows - taps of every output row
 * @param columns - taps of every output column
 * @param channels - interleaved channels
 * @returns a new array of `rows.length * columns.length * channels` values
 */
export function resample(
  data: ArrayLike<number>,
  width: number,
  rows: readonly Taps[],
  columns: readonly Taps[],
  channels: number,
): Float32Array {
  const firstRow = Math.min(...rows.map((taps) => taps.first));
  const endRow = Math.max(...rows.map((taps) => taps.first + taps.weights.length));
  const row = columns.length * channels;
  const across = new Float32Array((endRow - firstRow) * row);
  for (let y = firstRow; y < endRow; y++) {
    const line = y * width * channels;
    let at = (y - firstRow) * row;
    for (const { first, weights } of columns) {
      const from = line + first * channels;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0, i = from + c; k < weights.length; k++, i += channels) sum += weights[k]! * data[i]!;
        across[at++] = sum;
      }
    }
  }
  const out = new Float32Array(rows.length * row);
  const sums = new Float64Array(row);
  rows.forEach(({ first, weights }, y) => {
    sums.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const w = weights[k]!;
      const source = (first - firstRow + k) * row;
      for (let i = 0; i < row; i++) sums[i]! += w * across[source + i]!;
    }
    out.set(sums, y * row);
  });
  return out;
}
