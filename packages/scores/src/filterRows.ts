import { borderIndices, type Border } from './border.js';
import type { RowMath } from './rowMath.js';
import { oddLines, openWorkspace } from './workspace.js';

/** A separable filter of planes of one size. */
export interface RowFilter {
  /** `[height, width]`. */
  readonly size: readonly [number, number];
  /** Values of each pixel, interleaved. @defaultValue 1 */
  readonly channels?: number;
  /** Planes filtered side by side. */
  readonly planes: number;
  /** Weights downwards from the middle to the end, `radius + 1` of them. */
  readonly down: Float64Array;
  /** Weights across, likewise. */
  readonly across: Float64Array;
  /** What lies beyond the edges. */
  readonly border: Border;
  /** The constant of `border: 'constant'`. @defaultValue 0 */
  readonly value?: number;
  /** Whether to do without WebAssembly. @defaultValue false */
  readonly plain?: boolean;
}

/**
 * A row of each plane, `width * channels` values each, and loops over them; the arrays are reused. It must not start
 * another filter.
 */
export type RowCallback = (row: number, lines: readonly Float64Array[], math: RowMath) => void;

/**
 * Filters planes along both axes with symmetric weights, row by row from the top. Memory: as many rows as the filter is high.
 *
 * @param filter - weights, border and size
 * @param read - fills in a row of each plane
 * @param visit - takes a filtered row of each plane
 */
export function filterRows(filter: RowFilter, read: RowCallback, visit: RowCallback): void {
  const { size, channels = 1, planes, down, across, border, value = 0, plain = false } = filter;
  const [height, width] = size;
  const values = width * channels;
  const [reach, side] = [down.length - 1, across.length - 1];
  const rows = borderIndices(height, reach, border);
  const columns = borderIndices(width, side, border);
  // Rows live in a ring, the planes one after the other; the border may reach back to any row where it wraps around.
  const slots = border === 'wrap' ? height : Math.min(height, 2 * reach + 1);
  const stride = oddLines(values);
  const slot = oddLines(planes * stride);
  const margin = side * channels;
  const length = oddLines(values + 2 * margin);
  const taps = oddLines(down.length + across.length);
  const ring = taps + planes * length;
  const out = ring + (slots + 1) * slot;
  // Where the stretches start: those of each row downwards overlap, those across follow, plane by plane.
  const startsOf = (m: number): number => rows.length + m * (2 * side + 1);
  const { floats, starts, math, weigh } = openWorkspace(out + slot, startsOf(planes), plain);
  floats.set(down);
  floats.set(across, down.length);
  const lines = Array.from({ length: planes }, (_, m) => {
    const at = taps + m * length;
    for (let k = 0; k <= 2 * side; k++) starts[startsOf(m) + k] = 8 * (at + k * channels);
    return floats.subarray(at, at + values + 2 * margin);
  });
  const inner = lines.map((line) => line.subarray(margin, margin + values));
  const results = lines.map((_, m) => floats.subarray(out + m * stride, out + m * stride + values));
  rows.forEach((row, k) => {
    starts[k] = 8 * (ring + (row < 0 ? slots : row % slots) * slot);
  });

  // Where in a line the values of its margins come from.
  const origins = (first: number): Int32Array =>
    Int32Array.from({ length: margin }, (_, i) => {
      const column = columns[first + Math.floor(i / channels)]!;
      return column < 0 ? -1 : (side + column) * channels + (i % channels);
    });
  const [before, after] = [origins(0), origins(side + width)];

  /** Filters what is in the lines across, into a slot of the ring. */
  const store = (at: number): void => {
    lines.forEach((line, m) => {
      for (let k = 0; k < margin; k++) {
        const [first, last] = [before[k]!, after[k]!];
        line[k] = first < 0 ? value : line[first]!;
        line[margin + values + k] = last < 0 ? value : line[last]!;
      }
      weigh(startsOf(m), down.length, side, ring + at * slot + m * stride, values);
    });
  };

  if (border === 'constant') {
    for (const line of inner) line.fill(value);
    store(slots);
  }
  let next = 0; // the next row that is not in the ring yet
  for (let row = 0; row < height; row++) {
    for (const end = border === 'wrap' ? height : Math.min(row + reach + 1, height); next < end; next++) {
      read(next, inner, math);
      store(next % slots);
    }
    weigh(row, 0, reach, out, planes * stride);
    visit(row, results, math);
  }
}
