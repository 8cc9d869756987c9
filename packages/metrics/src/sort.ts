import { Scratch } from './scratch.js';

/** Below this many values the platform's own sort is quicker than counting digits. */
const SMALL = 1024;
const DIGIT = 2048;

/**
 * Sorts the first `n` unsigned 32-bit keys ascending, in place: least-significant-digit radix sort, three digits of 11,
 * 11 and 10 bits. Digits that all keys share are skipped.
 *
 * @param keys - the keys; the first `n` are reordered
 * @param n - how many
 * @param scratch - at least `n` values, overwritten
 */
export function sortKeys(keys: Uint32Array, n: number, scratch: Uint32Array): void {
  if (n < SMALL) {
    keys.subarray(0, n).sort();
    return;
  }
  const low = new Uint32Array(DIGIT);
  const middle = new Uint32Array(DIGIT);
  const high = new Uint32Array(DIGIT);
  for (let i = 0; i < n; i++) {
    const key = keys[i]!;
    low[key & 2047]!++;
    middle[(key >>> 11) & 2047]!++;
    high[key >>> 22]!++;
  }
  let from = keys;
  let to = scratch;
  for (const [counts, shift] of [
    [low, 0],
    [middle, 11],
    [high, 22],
  ] as const) {
    if (!startsOf(counts, n)) continue;
    scatterKeys(from, to, n, counts, shift);
    [from, to] = [to, from];
  }
  if (from !== keys) keys.set(from.subarray(0, n));
}

function scatterKeys(from: Uint32Array, to: Uint32Array, n: number, next: Uint32Array, shift: number): void {
  for (let i = 0; i < n; i++) {
    const key = from[i]!;
    to[next[(key >>> shift) & 2047]!++] = key;
  }
}

/** Turns digit counts into the first place of each digit; false when all `n` values share one digit. */
function startsOf(counts: Uint32Array, n: number): boolean {
  let start = 0;
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit]!;
    if (count === n) return false;
    counts[digit] = start;
    start += count;
  }
  return true;
}

/**
 * Sorts keys ascending together with a value each, in place; keys that are equal keep their order.
 *
 * @param keys - the keys
 * @param values - one value per key, of the same length
 */
export function sortKeysWithValues(keys: Uint32Array, values: Uint32Array): void {
  const n = keys.length;
  let fromKeys = keys;
  let fromValues = values;
  let toKeys: Uint32Array = new Uint32Array(n);
  let toValues: Uint32Array = new Uint32Array(n);
  for (const shift of [0, 11, 22]) {
    const next = new Uint32Array(DIGIT);
    for (let i = 0; i < n; i++) next[(fromKeys[i]! >>> shift) & 2047]!++;
    if (!startsOf(next, n)) continue;
    for (let i = 0; i < n; i++) {
      const key = fromKeys[i]!;
      const at = next[(key >>> shift) & 2047]!++;
      toKeys[at] = key;
      toValues[at] = fromValues[i]!;
    }
    [fromKeys, toKeys] = [toKeys, fromKeys];
    [fromValues, toValues] = [toValues, fromValues];
  }
  if (fromKeys !== keys) {
    keys.set(fromKeys);
    values.set(fromValues);
  }
}

const sortScratch = new Scratch();
const sortCounts = new Uint32Array(DIGIT);

/**
 * Sorts float64 values ascending, in place: radix sort on the upper 32 bits, then the few values whose upper halves are
 * equal are put in order by comparison.
 *
 * @param values - the values; no NaN and no negative zero
 */
export function sortFloat64(values: Float64Array): void {
  const n = values.length;
  if (n < SMALL) {
    values.sort();
    return;
  }
  let from = values;
  let to = sortScratch.borrow(n);
  const next = sortCounts;
  for (const shift of [0, 11, 22]) {
    next.fill(0);
    const words = new Int32Array(from.buffer, from.byteOffset, 2 * n);
    for (let i = 0; i < n; i++) next[(orderOf(words[2 * i + 1]!) >>> shift) & 2047]!++;
    if (!startsOf(next, n)) continue;
    for (let i = 0; i < n; i++) {
      to[next[(orderOf(words[2 * i + 1]!) >>> shift) & 2047]!++] = from[i]!;
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  orderWithinEqualWords(values);
}

/** Upper word of a float64 (or a whole float32) as an unsigned integer in the order of the numbers. */
function orderOf(word: number): number {
  return word ^ ((word >> 31) | 0x80000000);
}

function orderWithinEqualWords(values: Float64Array): void {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  let start = 0;
  while (start < values.length) {
    const word = words[2 * start + 1]!;
    let end = start + 1;
    while (end < values.length && words[2 * end + 1]! === word) end++;
    if (end - start > 32) values.subarray(start, end).sort();
    else if (end - start > 1) insertionSort(values, start, end);
    start = end;
  }
}

function insertionSort(values: Float64Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const value = values[i]!;
    let j = i - 1;
    while (j >= start && values[j]! > value) {
      values[j + 1] = values[j]!;
      j--;
    }
    values[j + 1] = value;
  }
}

/** Bit pattern of -0, and the key of 0. */
const MINUS_ZERO = 0x80000000 | 0;

/**
 * The float32 bit pattern as an unsigned integer in the order of the numbers; -0 and 0 have one key.
 *
 * @param bits - bit pattern, signed or unsigned
 * @returns the key in `[0, 2^32)`
 */
export function keyOfBits(bits: number): number {
  return storedKeyOfBits(bits | 0) >>> 0;
}

/**
 * The same key as a signed 32-bit number, for storing in a `Uint32Array`: quicker, because it never leaves the integers.
 *
 * @param bits - bit pattern, signed
 * @returns the key, to be read back unsigned
 */
export function storedKeyOfBits(bits: number): number {
  return bits === MINUS_ZERO ? MINUS_ZERO : bits ^ ((bits >> 31) | MINUS_ZERO);
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/**
 * The float32 number that a key stands for.
 *
 * @param key - a key made by {@link keyOfBits}, or one between two of them
 * @returns the number
 */
export function numberOfKey(key: number): number {
  word[0] = key >= 0x80000000 ? key ^ 0x80000000 : ~key;
  return float[0]!;
}

/**
 * Key of a number rounded to float32.
 *
 * @param value - any number but NaN
 * @returns its key
 */
export function keyOfNumber(value: number): number {
  float[0] = value;
  return keyOfBits(word[0]!);
}

/**
 * The largest float32 number below a key's number: the threshold whose rule `score > threshold` just admits the key.
 *
 * @param key - a key
 * @returns the number
 */
export function numberBelowKey(key: number): number {
  // Zero's neighbour downwards is skipped over -0, which compares equal to it.
  return numberOfKey(key === 0x80000000 ? 0x7ffffffe : Math.max(key - 1, 0x007fffff));
}
