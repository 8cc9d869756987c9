import { argumentMessage, toRowMajor, type NdArray, type NdData } from '@adlib/core';
import { sortFloat64 } from './sort.js';

/** One number per image (or per anything that is scored): array, typed array, or one-dimensional `ndarray`. */
export type Scores = ArrayLike<number> | NdArray<NdData | readonly number[]>;

/** One label per score: 1 or `true` = defective, 0 or `false` = good. */
export type Labels = ArrayLike<number | boolean> | NdArray<NdData | readonly number[]>;

/** Scores of the two classes, each sorted ascending. */
export interface Classes {
  /** Scores of defective images. */
  positives: Float64Array;
  /** Scores of good images. */
  negatives: Float64Array;
}

/**
 * Any array-like or view as a flat array-like.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the array
 * @returns the values; `value` itself where it is flat already
 * @throws TypeError if it is no array
 */
export function flat<T>(
  fn: string,
  arg: string,
  value: ArrayLike<T> | NdArray<NdData | readonly number[]>,
): ArrayLike<T> {
  if (value !== null && typeof value === 'object') {
    if ('shape' in value && 'stride' in value) return toRowMajor(value) as ArrayLike<unknown> as ArrayLike<T>;
    if ('length' in value && typeof value.length === 'number') return value;
  }
  throw new TypeError(argumentMessage(fn, arg, 'an array, typed array or ndarray', value));
}

/**
 * Scores as float64, checked: no NaN; -0 becomes 0.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param scores - the scores
 * @returns a new array
 * @throws TypeError if a value is no number, RangeError naming the first that is NaN
 */
export function toFloat64(fn: string, arg: string, scores: Scores): Float64Array {
  const values = flat(fn, arg, scores);
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = checkedScore(fn, arg, values[i], i);
  return out;
}

function checkedScore(fn: string, arg: string, value: unknown, index: number): number {
  if (typeof value !== 'number') throw new TypeError(argumentMessage(fn, `${arg}[${index}]`, 'a number', value));
  if (Number.isNaN(value)) {
    throw new RangeError(
      argumentMessage(
        fn,
        `${arg}[${index}]`,
        'a number',
        value,
        'Leave images without a score out, or find out why the detector failed.',
      ),
    );
  }
  return value + 0;
}

/**
 * Labels as 0 and 1, checked.
 *
 * @param fn - caller, for the message
 * @param labels - the labels
 * @param length - how many there must be
 * @returns a new array
 * @throws TypeError or RangeError if a label is not 0, 1, false or true, or the number of labels differs
 */
export function toBinary(fn: string, labels: Labels, length: number): Uint8Array {
  const values = flat<number | boolean>(fn, 'labels', labels);
  if (values.length !== length) {
    throw new RangeError(`${fn}: labels must have ${length} values (one per score), got ${values.length}.`);
  }
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const label = values[i];
    if (label === 1 || label === true) out[i] = 1;
    else if (label !== 0 && label !== false) {
      const ErrorKind = typeof label === 'number' ? RangeError : TypeError;
      throw new ErrorKind(
        argumentMessage(
          fn,
          `labels[${i}]`,
          '0 or false (good), 1 or true (defective)',
          label,
          "Try labels.map((l) => l === 'defective').",
        ),
      );
    }
  }
  return out;
}

/**
 * Separates scores by label and sorts each class.
 *
 * @param fn - caller, for the messages
 * @param scores - the scores; not modified
 * @param labels - one label each; not modified
 * @param allocate - gives room for as many values as there are scores
 * @returns sorted parts of that room
 * @throws TypeError or RangeError if scores or labels are not well-formed
 */
export function sortedClasses(
  fn: string,
  scores: Scores,
  labels: Labels,
  allocate = (n: number): Float64Array => new Float64Array(n),
): Classes {
  const values = flat(fn, 'scores', scores);
  const isPositive = toBinary(fn, labels, values.length);
  let count = 0;
  for (let i = 0; i < isPositive.length; i++) count += isPositive[i]!;
  const room = allocate(isPositive.length);
  const positives = room.subarray(0, count);
  const negatives = room.subarray(count);
  let p = 0;
  let n = 0;
  for (let i = 0; i < isPositive.length; i++) {
    const value = checkedScore(fn, 'scores', values[i], i);
    if (isPositive[i] === 1) positives[p++] = value;
    else negatives[n++] = value;
  }
  sortFloat64(positives);
  sortFloat64(negatives);
  return { positives, negatives };
}

/** Counts at every distinct threshold, from the strictest to the loosest; entry 0 flags nothing. */
export interface Steps {
  /** An image is flagged when `score > thresholds[k]`: the distinct scores descending, then the number below the least. */
  thresholds: Float64Array;
  /** Defective images flagged. */
  tp: Float64Array;
  /** Good images flagged. */
  fp: Float64Array;
}

/**
 * Every operating point, ties grouped.
 *
 * @param classes - scores of the two classes, sorted ascending
 * @returns new arrays of (distinct scores + 1) values, or of one value (threshold -Infinity) when there are no scores
 */
export function operatingSteps({ positives, negatives }: Classes): Steps {
  const most = positives.length + negatives.length + 1;
  const thresholds = new Float64Array(most);
  const tp = new Float64Array(most);
  const fp = new Float64Array(most);
  let p = positives.length;
  let n = negatives.length;
  let k = 0;
  while (p > 0 || n > 0) {
    const score = Math.max(p > 0 ? positives[p - 1]! : -Infinity, n > 0 ? negatives[n - 1]! : -Infinity);
    thresholds[k++] = score;
    while (p > 0 && positives[p - 1] === score) p--;
    while (n > 0 && negatives[n - 1] === score) n--;
    tp[k] = positives.length - p;
    fp[k] = negatives.length - n;
  }
  thresholds[k] = k === 0 ? -Infinity : nextDown(thresholds[k - 1]!);
  return { thresholds: thresholds.slice(0, k + 1), tp: tp.slice(0, k + 1), fp: fp.slice(0, k + 1) };
}

/**
 * A threshold half way between the lowest flagged score and the next lower one, such that `score > threshold` flags
 * exactly the images of step `k`.
 *
 * @param thresholds - {@link Steps.thresholds}
 * @param k - the step
 * @returns the threshold; the highest score for `k = 0`
 */
export function midThreshold(thresholds: Float64Array, k: number): number {
  const lower = thresholds[k]!;
  if (k === 0 || k === thresholds.length - 1) return lower;
  const upper = thresholds[k - 1]!;
  const middle = lower / 2 + upper / 2;
  return middle >= lower && middle < upper ? middle : lower;
}

const bits = new BigInt64Array(1);
const float = new Float64Array(bits.buffer);

/**
 * The largest float64 below a number.
 *
 * @param value - any number but NaN
 * @returns the neighbour; -Infinity for -Infinity
 */
function nextDown(value: number): number {
  if (value === -Infinity) return value;
  if (value === 0) return -Number.MIN_VALUE;
  float[0] = value;
  bits[0]! += value > 0 ? -1n : 1n;
  return float[0];
}
