import { argumentMessage, assertInteger, assertLength, type Mask } from '@adlib/core';

/**
 * Mask of a brush stroke exported by Label Studio (`rle` of `brushlabels`): a packed stream of bits, highest first, that holds
 * `4 * height * width` values, red, green, blue and alpha of each pixel in rows. A pixel is defective where alpha is above 0.
 *
 * The stream: 32 bits number of values, 5 bits word size less 1, four times 4 bits run size less 1; then records of 1 bit
 * (1: one value repeated, 0: values one by one), 2 bits (which run size), that many bits for the count less 1, and the value
 * or values of word size bits each.
 *
 * @param rle - bytes, 0 to 255 each
 * @param size - `[height, width]` of the picture (`original_height` and `original_width` of the export)
 * @returns 1 where defective; the caller's own
 * @throws TypeError or RangeError if the stream is cut off, is for a picture of another size, or holds something else
 * @example
 * ```ts
 * import { brushRleMask } from '@adlib/datasets';
 * // 4 values in words of 8 bits, runs of 3, 4, 8 or 16 bits; one run of 4 values of 255: one opaque pixel.
 * console.log(brushRleMask([0, 0, 0, 4, 57, 27, 252, 127, 224], [1, 1]).data); // 1
 * ```
 * @see https://github.com/thi-ng/umbrella/tree/develop/packages/rle-pack (the format), label-studio-converter `brush.py` decode_rle
 */
export function brushRleMask(rle: ArrayLike<number>, size: readonly [number, number]): Mask {
  assertLength('brushRleMask', 'size', size, 2, '[height, width]');
  for (const [i, side] of size.entries()) assertInteger('brushRleMask', `size[${i}]`, side, 1, 65_535);
  const mask = { data: new Uint8Array(size[0] * size[1]), width: size[1], height: size[0] };
  paintBrush('brushRleMask', rle, mask);
  return mask;
}

/**
 * Walks a brush stroke and paints it.
 *
 * @param fn - the function or the place, for messages
 * @param rle - the bytes
 * @param mask - takes 1 where the stroke is; without `data` the stroke is only checked
 * @throws TypeError or RangeError naming the place
 */
export function paintBrush(
  fn: string,
  rle: ArrayLike<number>,
  mask: Pick<Mask, 'width' | 'height'> & { data?: Uint8Array },
): void {
  const read = bitReader(fn, rle);
  const values = 4 * mask.width * mask.height;
  const count = read(32);
  if (count !== values) {
    const expected = `for ${values} values (4×${mask.height}×${mask.width})`;
    throw new RangeError(argumentMessage(fn, 'rle', expected, count));
  }
  const wordSize = read(5) + 1;
  const runSizes = [read(4) + 1, read(4) + 1, read(4) + 1, read(4) + 1];
  for (let at = 0; at < values;) {
    const repeated = read(1) === 1;
    const end = at + 1 + read(runSizes[read(2)]!);
    if (end > values) throw new RangeError(argumentMessage(fn, 'rle', `runs within ${values} values`, end));
    if (repeated) {
      if (read(wordSize) !== 0) mask.data?.fill(1, Math.floor(at / 4), Math.floor(end / 4));
      at = end;
    } else {
      for (; at < end; at++) {
        if (read(wordSize) !== 0 && at % 4 === 3 && mask.data !== undefined) mask.data[(at - 3) / 4] = 1;
      }
    }
  }
}

/** Reads bits from bytes, highest first. */
function bitReader(fn: string, bytes: ArrayLike<number>): (bits: number) => number {
  if (typeof bytes !== 'object' || bytes === null || typeof bytes.length !== 'number') {
    throw new TypeError(argumentMessage(fn, 'rle', 'an array of bytes', bytes));
  }
  let at = 0;
  return (bits) => {
    let value = 0;
    for (let left = bits; left > 0;) {
      const byte = bytes[at >>> 3];
      if (byte === undefined) throw new RangeError(`${fn}: rle must be whole, it ends after ${bytes.length} bytes.`);
      if (!Number.isInteger(byte) || byte < 0 || byte > 255) {
        throw new RangeError(argumentMessage(fn, `rle[${at >>> 3}]`, 'a byte', byte));
      }
      const free = 8 - (at & 7);
      const taken = Math.min(free, left);
      value = value * 2 ** taken + ((byte >> (free - taken)) & (2 ** taken - 1));
      at += taken;
      left -= taken;
    }
    return value;
  };
}
