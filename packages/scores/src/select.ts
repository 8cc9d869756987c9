import { toRowMajor, type NdArray } from '@adlib/core';
import { assertView } from './plane.js';
import { plainMath } from './rowMath.js';
import { asFloat32, openRows } from './workspace.js';

/**
 * A copy of a map's values as float64, checked.
 *
 * @param fn - caller, for the message
 * @param map - any view with at least one value
 * @returns the values (a copy) and whether one of them is NaN
 */
export function copyValues(fn: string, map: NdArray): { values: Float64Array; hasNaN: boolean } {
  assertView(fn, 'map', map);
  const values = new Float64Array(toRowMajor(map));
  let hasNaN = false;
  for (let i = 0; i < values.length; i++) if (values[i]! !== values[i]!) hasNaN = true;
  return { values, hasNaN };
}

/**
 * Reorders `values` in place so that `values[k]` is what it would be after sorting, nothing before it is larger and
 * nothing after it is smaller (Hoare's quickselect, median of three). O(n) on average.
 *
 * @param values - numbers without NaN; reordered
 * @param k - index in `[0, values.length)`
 * @returns `values[k]`
 */
export function quickSelect(values: Float64Array, k: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = medianOfThree(values[left]!, values[(left + right) >>> 1]!, values[right]!);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const held = values[i]!;
        values[i] = values[j]!;
        values[j] = held;
        i++;
        j--;
      }
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return values[k]!;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/**
 * Mean of the `k` largest values of a map.
 *
 * @param fn - caller, for the message
 * @param map - any view with at least `k` values; not modified
 * @param k - at least 1
 * @param plain - whether to do without WebAssembly
 * @returns the mean; NaN if the map holds a NaN
 */
export function meanOfLargest(fn: string, map: NdArray, k: number, plain = false): number {
  const data = toRowMajor(map);
  const upper = data instanceof Float32Array ? upperPart(data, k, plain) : undefined;
  const values = upper ?? copyValues(fn, map).values;
  for (let i = 0; i < values.length; i++) if (values[i]! !== values[i]!) return NaN;
  const first = values.length - k;
  quickSelect(values, first);
  let sum = 0;
  for (let i = first; i < values.length; i++) sum += values[i]!;
  return sum / k;
}

/** Values looked at to guess a limit. */
const SAMPLE = 512;
/** Values that are compared with it at a time, a multiple of 16. */
const BLOCK = 16384;

/** Few values that hold the `k` largest and every NaN, by a limit guessed from a sample; undefined if that cannot be had. */
function upperPart(values: Float32Array, k: number, plain: boolean): Float64Array | undefined {
  const n = values.length;
  if (n < 8 * SAMPLE || k > n / 8) return undefined;
  const sample = new Float32Array(SAMPLE);
  for (let i = 0; i < SAMPLE; i++) sample[i] = values[Math.floor(((i + 0.5) * n) / SAMPLE)]!;
  const expected = (k / n) * SAMPLE;
  const rank = Math.ceil(expected + 4 * Math.sqrt(expected) + 4);
  const limit = sample.sort()[SAMPLE - rank]!;
  const { rows, math } = openRows([BLOCK / 2, BLOCK / 2], plain);
  const [block, found] = rows.map(asFloat32) as [Float32Array, Float32Array];
  const kept = new Float64Array(Math.ceil((2 * rank * n) / SAMPLE));
  let count = 0;
  for (let start = 0; start < n; start += BLOCK) {
    const part = values.subarray(start, start + BLOCK);
    block.set(part);
    const whole = part.length - (part.length % 16);
    let add = whole === 0 ? 0 : math.notBelow(block.subarray(0, whole), limit, found);
    add += plainMath.notBelow(part.subarray(whole), limit, found.subarray(add));
    if (count + add > kept.length) return undefined;
    kept.set(found.subarray(0, add), count);
    count += add;
  }
  return count < k ? undefined : kept.subarray(0, count);
}
