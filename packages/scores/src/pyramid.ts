import { borderIndices } from './border.js';
import { correlate } from './correlate.js';
import { gaussianKernel } from './gaussianKernel.js';
import { borrowPlane } from './planePool.js';
import { openRows } from './workspace.js';

/** A float64 plane. */
export interface Level {
  /** `size[0] * size[1]` values. */
  data: Float64Array;
  /** `[height, width]`. */
  size: readonly [number, number];
}

/**
 * Halves a plane: mean of 2×2 blocks.
 *
 * @param level - the plane; not modified
 * @param beyond - what an odd size ends with: the last row or column once more (as TensorFlow's MS-SSIM), or zeros
 * @param plain - whether to do without WebAssembly
 * @returns a plane of `ceil(height / 2) × ceil(width / 2)` from {@link borrowPlane}
 */
export function halve(
  { data, size: [height, width] }: Level,
  beyond: 'repeated' | 'zeros' = 'repeated',
  plain = false,
): Level {
  const h = Math.ceil(height / 2);
  const w = Math.ceil(width / 2);
  const { rows, math } = openRows([2 * w, 2 * w, w], plain);
  const [top, bottom, line] = rows as [Float64Array, Float64Array, Float64Array];
  const load = (row: number, own: Float64Array): void => {
    const inside = Math.min(row, height - 1);
    own.set(data.subarray(inside * width, (inside + 1) * width));
    if (width % 2 === 1) own[width] = beyond === 'zeros' ? 0 : own[width - 1]!;
    if (inside !== row && beyond === 'zeros') own.fill(0);
  };
  const out = borrowPlane(h * w);
  for (let y = 0; y < h; y++) {
    load(2 * y, top);
    load(2 * y + 1, bottom);
    math.halve(top, bottom, line);
    out.set(line, y * w);
  }
  return { data: out, size: [h, w] };
}

/**
 * Makes a plane smaller the way `skimage.transform.resize(..., anti_aliasing=True)` does: Gaussian of
 * `sigma = (factor - 1) / 2` per axis with the edge mirrored, then linear interpolation on half-pixel centres, clipped to
 * the range of the input.
 *
 * @param level - the plane; not modified
 * @param scale - 1 or less; each side becomes `floor(side * scale)`
 * @returns a new plane, or `level` itself at scale 1
 */
export function shrink(level: Level, scale: number): Level {
  if (scale === 1) return level;
  const [height, width] = level.size;
  const h = Math.floor(height * scale);
  const w = Math.floor(width * scale);
  const smooth = correlate(
    level.data,
    level.size,
    [gaussianKernel((height / h - 1) / 2), gaussianKernel((width / w - 1) / 2)],
    new Float64Array(level.data.length),
    'mirror',
  );
  const rows = linearTaps(height, h);
  const columns = linearTaps(width, w);
  const out = new Float64Array(h * w);
  let min = Infinity;
  let max = -Infinity;
  for (const v of level.data) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  for (let y = 0; y < h; y++) {
    const { low: top, high: bottom, share: down } = rows[y]!;
    for (let x = 0; x < w; x++) {
      const { low, high, share } = columns[x]!;
      const a = smooth[top * width + low]! * (1 - share) + smooth[top * width + high]! * share;
      const b = smooth[bottom * width + low]! * (1 - share) + smooth[bottom * width + high]! * share;
      const v = a * (1 - down) + b * down;
      out[y * w + x] = v < min ? min : v > max ? max : v;
    }
  }
  return { data: out, size: [h, w] };
}

/** Two neighbours and the share of the second. */
interface Taps {
  low: number;
  high: number;
  share: number;
}

/** Input positions of each output position: on half-pixel centres, or with the centres of the corners aligned. */
function linearTaps(from: number, to: number, alignCorners = false): Taps[] {
  const index = borderIndices(from, 1, 'nearest');
  const step = to > 1 ? (from - 1) / (to - 1) : 0;
  return Array.from({ length: to }, (_, i) => {
    const at = alignCorners ? i * step : ((i + 0.5) * from) / to - 0.5;
    const below = Math.floor(at);
    return { low: index[below + 1]!, high: index[below + 2]!, share: at - below };
  });
}

/**
 * Interpolates a plane linearly to another size, edges repeated.
 *
 * @param level - the plane
 * @param size - `[height, width]` wanted
 * @param alignCorners - whether the centres of the corner pixels stay in place, instead of the outer edges
 * @returns a new plane of that size, or the plane itself where it has that size
 */
export function enlarge(level: Level, size: readonly [number, number], alignCorners = false): Float64Array {
  if (level.size[0] === size[0] && level.size[1] === size[1]) return level.data;
  const out = new Float64Array(size[0] * size[1]);
  forEachEnlargedRow(
    level,
    size,
    (row, line) => {
      out.set(line, row * size[1]);
    },
    alignCorners,
  );
  return out;
}

/**
 * The same row by row.
 *
 * @param level - the plane
 * @param size - `[height, width]` wanted
 * @param visit - takes each row from the top; the array is reused
 * @param alignCorners - as of {@link enlarge}
 */
export function forEachEnlargedRow(
  { data, size }: Level,
  [height, width]: readonly [number, number],
  visit: (row: number, line: Float64Array) => void,
  alignCorners = false,
): void {
  const stride = size[1];
  if (size[0] === height && stride === width) {
    for (let y = 0; y < height; y++) visit(y, data.subarray(y * width, (y + 1) * width));
    return;
  }
  const rows = linearTaps(size[0], height, alignCorners);
  const columns = linearTaps(stride, width, alignCorners);
  const low = Int32Array.from(columns, (c) => c.low);
  const share = Float64Array.from(columns, (c) => (c.low === c.high ? 0 : c.share));
  const between = new Float64Array(stride);
  const steps = new Float64Array(stride); // from each value of the row to the next
  const line = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    mixRows(data, rows[y]!, between);
    for (let x = 0; x + 1 < stride; x++) steps[x] = between[x + 1]! - between[x]!;
    mixColumns(between, steps, low, share, line);
    visit(y, line);
  }
}

function mixRows(data: Float64Array, { low, high, share }: Taps, out: Float64Array): void {
  const top = low * out.length;
  const bottom = high * out.length;
  for (let x = 0; x < out.length; x++) out[x] = data[top + x]! + share * (data[bottom + x]! - data[top + x]!);
}

function mixColumns(
  values: Float64Array,
  steps: Float64Array,
  low: Int32Array,
  share: Float64Array,
  out: Float64Array,
): void {
  for (let x = 0; x < out.length; x++) {
    const at = low[x]!;
    out[x] = values[at]! + share[x]! * steps[at]!;
  }
}
