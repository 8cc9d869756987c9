import { resampleWasm, type Affine, type PackedTaps } from './resampleWasm.js';

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

const packed = new WeakMap<readonly Taps[], PackedTaps>();

function pack(taps: readonly Taps[]): PackedTaps {
  const known = packed.get(taps);
  if (known !== undefined) return known;
  const first = Int32Array.from(taps, (t) => t.first);
  const count = Int32Array.from(taps, (t) => t.weights.length);
  const weights = new Float64Array(count.reduce((a, b) => a + b, 0));
  let at = 0;
  for (const { weights: own } of taps) {
    weights.set(own, at);
    at += own.length;
  }
  const result = { first, count, weights, most: count.reduce((a, b) => Math.max(a, b)) };
  packed.set(taps, result);
  return result;
}

/**
 * Weighted sums along columns, then rows, of an interleaved picture. What it needs of the taps is kept with the two arrays:
 * pass the same ones again for pictures of the same size.
 *
 * @param data - row-major `rows read * width * channels` values; not modified
 * @param width - columns of `data`
 * @param rows - taps of every output row
 * @param columns - taps of every output column
 * @param channels - interleaved channels
 * @param affine - scales and shifts the sums on the way out; they are stored as they are without
 * @param into - array of `rows.length * columns.length` pixels to write into
 * @returns `into`, or a new array
 */
export function resample(
  data: ArrayLike<number>,
  width: number,
  rows: readonly Taps[],
  columns: readonly Taps[],
  channels: number,
  affine?: Affine,
  into?: Float32Array,
): Float32Array {
  const down = pack(rows);
  const right = pack(columns);
  const outRow = columns.length * (affine?.channels ?? channels);
  const out = into ?? new Float32Array(rows.length * outRow);
  if ((data instanceof Uint8Array || data instanceof Uint16Array) && (channels === 1 || channels === 3)) {
    const plain: Affine = { channels, factor: [1, 1, 1], shift: [0, 0, 0] };
    if (resampleWasm({ data, width, channels, rows: down, columns: right, affine: affine ?? plain }, out)) return out;
  }
  const row = columns.length * channels;
  // Rows resampled along the columns, kept while output rows need them: row `y` lies in slot `y % slots`.
  const slots = down.most;
  const across = new Float32Array(slots * row);
  const held = new Int32Array(slots).fill(-1);
  // One kind of array in the inner loops, whatever comes in: engines make quick code for that only.
  const line = new Float64Array(width * channels);
  const sums = new Float64Array(row);
  for (let y = 0, at = 0; y < rows.length; y++) {
    const first = down.first[y]!;
    const count = down.count[y]!;
    for (let from = first; from < first + count; from++) {
      const slot = from % slots;
      if (held[slot] === from) continue;
      held[slot] = from;
      copyInto(line, data, from * line.length);
      if (channels === 3) alongRow3(line, right, across, slot * row);
      else if (channels === 1) alongRow1(line, right, across, slot * row);
      else alongRow(line, right, across, slot * row, channels);
    }
    downColumns(across, first, down.weights, at, count, sums);
    at += count;
    if (affine === undefined) out.set(sums, y * row);
    else store(sums, channels, affine, out, y * outRow);
  }
  return out;
}

function copyInto(line: Float64Array, data: ArrayLike<number>, from: number): void {
  if (ArrayBuffer.isView(data)) line.set((data as Float32Array).subarray(from, from + line.length));
  else for (let i = 0; i < line.length; i++) line[i] = data[from + i]!;
}

function alongRow3(line: Float64Array, { first, count, weights }: PackedTaps, to: Float32Array, at: number): void {
  for (let x = 0, w = 0; x < first.length; x++, at += 3) {
    let i = 3 * first[x]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = w + count[x]!; w < end; w++, i += 3) {
      const weight = weights[w]!;
      red += weight * line[i]!;
      green += weight * line[i + 1]!;
      blue += weight * line[i + 2]!;
    }
    to[at] = red;
    to[at + 1] = green;
    to[at + 2] = blue;
  }
}

function alongRow1(line: Float64Array, { first, count, weights }: PackedTaps, to: Float32Array, at: number): void {
  for (let x = 0, w = 0; x < first.length; x++) {
    let sum = 0;
    for (let i = first[x]!, end = w + count[x]!; w < end; w++, i++) sum += weights[w]! * line[i]!;
    to[at + x] = sum;
  }
}

function alongRow(
  line: Float64Array,
  { first, count, weights }: PackedTaps,
  to: Float32Array,
  at: number,
  channels: number,
): void {
  for (let x = 0, start = 0; x < first.length; start += count[x]!, x++) {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = 0, i = first[x]! * channels + c; k < count[x]!; k++, i += channels) {
        sum += weights[start + k]! * line[i]!;
      }
      to[at + x * channels + c] = sum;
    }
  }
}

/** Sums of `count` rows from row `first` on. Up to four rows at a time: fewer passes over `sums`. */
function downColumns(
  across: Float32Array,
  first: number,
  weights: Float64Array,
  at: number,
  count: number,
  sums: Float64Array,
): void {
  const row = sums.length;
  const slots = across.length / row;
  // Nothing is made in here: it runs for every row of every picture.
  const a = (first % slots) * row;
  const b = ((first + 1) % slots) * row;
  const c = ((first + 2) % slots) * row;
  const d = ((first + 3) % slots) * row;
  const w0 = weights[at]!;
  const w1 = weights[at + 1]!;
  const w2 = weights[at + 2]!;
  const w3 = weights[at + 3]!;
  if (count === 1) for (let i = 0; i < row; i++) sums[i] = w0 * across[a + i]!;
  else if (count === 2) for (let i = 0; i < row; i++) sums[i] = w0 * across[a + i]! + w1 * across[b + i]!;
  else if (count === 3) {
    for (let i = 0; i < row; i++) sums[i] = w0 * across[a + i]! + w1 * across[b + i]! + w2 * across[c + i]!;
  } else {
    for (let i = 0; i < row; i++) {
      sums[i] = w0 * across[a + i]! + w1 * across[b + i]! + w2 * across[c + i]! + w3 * across[d + i]!;
    }
  }
  for (let k = 4; k < count; k++) {
    const weight = weights[at + k]!;
    const from = ((first + k) % slots) * row;
    for (let i = 0; i < row; i++) sums[i]! += weight * across[from + i]!;
  }
}

function store(sums: Float64Array, channels: number, affine: Affine, out: Float32Array, at: number): void {
  const { factor, shift } = affine;
  if (affine.channels === 3) {
    const [f0, f1, f2] = factor as [number, number, number];
    const [s0, s1, s2] = shift as [number, number, number];
    const [step, green, blue] = channels === 1 ? [1, 0, 0] : [3, 1, 2];
    for (let i = 0; i < sums.length; i += step, at += 3) {
      out[at] = sums[i]! * f0 + s0;
      out[at + 1] = sums[i + green]! * f1 + s1;
      out[at + 2] = sums[i + blue]! * f2 + s2;
    }
  } else {
    const [f, s] = [factor[0]!, shift[0]!];
    for (let i = 0; i < sums.length; i++) out[at + i] = sums[i]! * f + s;
  }
}
