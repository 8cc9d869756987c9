import { argumentMessage, assertInteger, assertLength, type Mask } from '@adlib/core';

/** Run-length encoding as in COCO: lengths of runs going down the columns, the first one of background. */
export interface CocoRle {
  /** `[height, width]`. */
  readonly size: readonly [number, number];
  /** Lengths of the runs in turn, or the same as COCO's compressed text. */
  readonly counts: readonly number[] | string;
}

/** Runs of defective pixels, as `[start, end, start, end, ...]`, counted down the columns from 0. */
export type ColumnRuns = Uint32Array;

/**
 * Mask of a COCO run-length encoding: `counts` alternate between background and defect, beginning with background, down the
 * columns. Compressed text holds 5 bits per character and, from the fourth on, differences to the count before the last.
 *
 * @param rle - the encoding; its counts must sum to `height * width`
 * @returns 1 where defective; the caller's own
 * @throws TypeError or RangeError if the encoding is not well-formed
 * @example
 * ```ts
 * import { cocoRleMask } from '@adlib/datasets';
 * console.log(cocoRleMask({ size: [2, 3], counts: [1, 2, 3] }).data); // 0, 1, 0, 1, 0, 0
 * console.log(cocoRleMask({ size: [2, 3], counts: '123' }).data); // the same
 * ```
 * @see https://github.com/cocodataset/cocoapi `common/maskApi.h` (rleFrString)
 */
export function cocoRleMask(rle: CocoRle): Mask {
  const runs = cocoRuns('cocoRleMask', rle);
  return columnMask(runs, rle.size);
}

/**
 * Checks and unpacks a COCO run-length encoding.
 *
 * @param fn - the function or the place, for messages
 * @param rle - the encoding
 * @returns the runs
 * @throws TypeError or RangeError naming the place
 */
export function cocoRuns(fn: string, rle: CocoRle): ColumnRuns {
  if (typeof rle !== 'object' || rle === null) throw new TypeError(argumentMessage(fn, 'rle', 'an object', rle));
  const pixels = pixelsOf(fn, rle.size);
  const { counts } = rle;
  if (typeof counts !== 'string' && !Array.isArray(counts)) {
    throw new TypeError(argumentMessage(fn, 'counts', 'an array or a string', counts));
  }
  const lengths = typeof counts === 'string' ? unpack(fn, counts) : (counts as readonly number[]);
  const runs = new Uint32Array(2 * Math.floor(lengths.length / 2));
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(argumentMessage(fn, `counts[${i}]`, 'an integer >= 0', length));
    }
    if (at + length > pixels) break;
    if (i % 2 === 1) runs.set([at, at + length], i - 1);
    at += length;
    if (i === lengths.length - 1 && at === pixels) return runs;
  }
  throw new RangeError(`${fn}: counts must sum to ${pixels} (${rle.size.join('×')}), got ${sumText(lengths)}.`);
}

/**
 * Mask of the run-length encoding of Kaggle's segmentation competitions (Severstal among them): pairs of first pixel and
 * length, pixels counted from 1 down the columns.
 *
 * @param text - the pairs, separated by spaces; empty or `-1` where nothing is defective
 * @param size - `[height, width]` of the picture
 * @returns 1 where defective; the caller's own
 * @throws TypeError or RangeError if the text is not pairs of numbers, or a run is empty, out of order or out of the picture
 * @example
 * ```ts
 * import { kaggleRleMask } from '@adlib/datasets';
 * console.log(kaggleRleMask('2 2 6 1', [2, 3]).data); // 0, 1, 0, 1, 0, 1
 * ```
 * @see Severstal: Steel Defect Detection, Kaggle 2019, page "Evaluation"
 */
export function kaggleRleMask(text: string, size: readonly [number, number]): Mask {
  pixelsOf('kaggleRleMask', size);
  return columnMask(kaggleRuns('kaggleRleMask', text, size[0] * size[1]), size);
}

/**
 * Checks and unpacks pairs of first pixel and length.
 *
 * @param fn - the function or the place, for messages
 * @param text - the pairs
 * @param pixels - pixels of the picture
 * @returns the runs
 * @throws TypeError or RangeError naming the place
 */
export function kaggleRuns(fn: string, text: string, pixels = 2 ** 31): ColumnRuns {
  if (typeof text !== 'string') throw new TypeError(argumentMessage(fn, 'text', 'a string', text));
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '-1') return new Uint32Array(0);
  const numbers = trimmed.split(/\s+/);
  if (numbers.length % 2 === 1 || !numbers.every((number) => /^\d{1,10}$/.test(number))) {
    throw new RangeError(argumentMessage(fn, 'text', 'pairs of whole numbers', text));
  }
  const runs = new Uint32Array(numbers.length);
  for (let i = 0, before = 0; i < numbers.length; i += 2) {
    const start = Number(numbers[i]) - 1;
    const end = start + Number(numbers[i + 1]);
    if (start < before || end <= start || end > pixels) {
      const pair = `${numbers[i]!} ${numbers[i + 1]!}`;
      throw new RangeError(argumentMessage(fn, 'text', `runs in order, each within ${pixels} pixels`, pair));
    }
    runs.set([start, end], i);
    before = end;
  }
  return runs;
}

/**
 * Paints runs into a mask.
 *
 * @param mask - takes 1 in each run; its size must be what the runs were checked for
 * @param runs - the runs
 */
export function paintRuns({ data, width, height }: Mask, runs: ColumnRuns): void {
  for (let i = 0; i < runs.length; i += 2) {
    let y = runs[i]! % height;
    let x = (runs[i]! - y) / height;
    for (let at = runs[i]!; at < runs[i + 1]!; at++) {
      data[y * width + x] = 1;
      if (++y === height) {
        y = 0;
        x++;
      }
    }
  }
}

function columnMask(runs: ColumnRuns, [height, width]: readonly [number, number]): Mask {
  const mask = { data: new Uint8Array(height * width), width, height };
  paintRuns(mask, runs);
  return mask;
}

/** Number of pixels of `[height, width]`. */
function pixelsOf(fn: string, size: readonly [number, number]): number {
  assertLength(fn, 'size', size, 2, '[height, width]');
  for (const [i, side] of size.entries()) assertInteger(fn, `size[${i}]`, side, 1, 65_535);
  return size[0] * size[1];
}

/** COCO's text: groups of 5 bits, lowest first, the 6th bit set where another group follows, the top bit of the last the sign. */
function unpack(fn: string, text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length;) {
    let value = 0;
    for (let groups = 0, more = true; more; groups++) {
      const code = text.charCodeAt(at++) - 48;
      if (!(code >= 0 && code < 64) || groups > 6) {
        const expected = `COCO's compressed text, which it is not at character ${at}`;
        throw new RangeError(argumentMessage(fn, 'counts', expected, text));
      }
      value += (code & 31) * 32 ** groups;
      more = (code & 32) !== 0;
      if (!more && (code & 16) !== 0) value -= 32 ** (groups + 1);
    }
    counts.push(counts.length > 2 ? value + counts[counts.length - 2]! : value);
  }
  return counts;
}

function sumText(lengths: readonly number[]): string {
  return String(lengths.reduce((sum, length) => sum + length, 0));
}
