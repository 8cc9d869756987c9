import type { Image } from '@adlib/core';

/**
 * The grey levels of an image in its own units (0..255, 0..65535 or 0..1), colour as `0.299 R + 0.587 G + 0.114 B`.
 *
 * @param image - a well-formed image
 * @returns a new array of `height * width` values
 */
export function greyLevels({ data, channels, width, height }: Image): Float64Array {
  if (channels === 1) return new Float64Array(data);
  const out = new Float64Array(width * height);
  for (let p = 0, i = 0; p < out.length; p++, i += 3) {
    out[p] = 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
  }
  return out;
}
