import type { Image } from '@adlib/core';
import { unitScale } from './pair.js';
import { borrowPlane } from './planePool.js';
import { openRows } from './workspace.js';

/**
 * The planes of an image, as float64.
 *
 * @param image - 8 bit, 16 bit or float
 * @param color - one plane per channel, or one of `0.299 R + 0.587 G + 0.114 B`
 * @param scale - factor on the values; it brings them to 0..1 if not given
 * @param plain - whether to do without WebAssembly
 * @returns arrays from {@link borrowPlane}
 */
export function toPlanes(
  image: Image,
  color: 'channels' | 'grey',
  scale = unitScale(image),
  plain = false,
): Float64Array[] {
  const { data, channels, width, height } = image;
  const planes = Array.from({ length: color === 'grey' ? 1 : channels }, () => borrowPlane(width * height));
  const { rows, math } = openRows([width * channels, width], plain);
  const [colours, line] = rows as [Float64Array, Float64Array];
  for (let row = 0; row < height; row++) {
    colours.set(data.subarray(row * width * channels, (row + 1) * width * channels));
    planes.forEach((plane, c) => {
      if (planes.length === channels) pick(colours, c, channels, scale, line);
      else math.grey(colours, line, [0.299 * scale, 0.587 * scale, 0.114 * scale]);
      plane.set(line, row * width);
    });
  }
  return planes;
}

function pick(values: Float64Array, first: number, step: number, scale: number, out: Float64Array): void {
  for (let x = 0, i = first; x < out.length; x++, i += step) out[x] = values[i]! * scale;
}
