import { assertImage, type Image } from '@adlib/core';
import { encode } from 'fast-png';
import { uint8ArrayToBase64 } from 'uint8array-extras';

/**
 * Writes an image as a PNG file, in Node and in browsers alike. 8-bit and 16-bit images keep every value; float images
 * are cut to [0, 1] and rounded to 8 bits. A colour image whose three channels agree everywhere is written as grey, which
 * looks the same and takes a third of the space.
 *
 * @param image - any image; not modified
 * @returns the bytes of the file; they belong to the caller
 * @throws TypeError or RangeError if `image` is not well-formed
 * @example
 * ```ts
 * import { encodePng } from '@adlib/report';
 * const png = encodePng({ data: new Uint8Array([255, 0, 0]), width: 1, height: 1, channels: 3 });
 * console.log(String.fromCharCode(...png.slice(1, 4))); // PNG
 * ```
 * @see https://www.w3.org/TR/png-3/
 */
export function encodePng(image: Image): Uint8Array {
  assertImage('encodePng', 'image', image);
  const { width, height } = image;
  const { data, channels } = withoutNeedlessColor(image);
  const depth = data instanceof Uint16Array ? 16 : 8;
  return encode({ data: data instanceof Float32Array ? toBytes(data) : data, width, height, channels, depth }, DEFLATE);
}

const DEFLATE = { zlib: { level: 6 } } as const;

/** Float samples in [0, 1] as bytes; values outside are cut, NaN is 0. */
function toBytes(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(255 * Math.min(Math.max(data[i]! || 0, 0), 1));
  return bytes;
}

function withoutNeedlessColor(image: Image): Image {
  const { data, channels } = image;
  if (channels === 1) return image;
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return image;
  }
  const grey = data.filter((_, i) => i % 3 === 0);
  return { ...image, data: grey, channels: 1 };
}

/**
 * Writes pixels that are indices into a table of colours (red, green, blue each) as a PNG file. Each colour's opacity in
 * [0, 1] goes up to 254/255: the encoder writes opacities in the order of the palette only while none is whole.
 *
 * @param indices - one for each pixel, row-major
 * @param size - `[height, width]` in pixels
 * @param table - colours, three values in 0 to 255 each
 * @param opacities - one for each colour
 * @returns the bytes of the file
 */
export function encodeIndexedPng(
  indices: Uint8Array,
  [height, width]: readonly [number, number],
  table: Uint8Array,
  opacities: Float64Array,
): Uint8Array {
  const alpha = (i: number) => Math.min(Math.round(255 * opacities[i]!), 254);
  const palette = Array.from(opacities, (_, i) => [...table.subarray(3 * i, 3 * i + 3), alpha(i)]);
  return encode({ data: indices, width, height, channels: 1, depth: 8, palette }, DEFLATE);
}

/**
 * A PNG file as a `data:` address.
 *
 * @param png - the bytes of the file
 * @returns the address
 */
export function pngAddress(png: Uint8Array): string {
  return `data:image/png;base64,${uint8ArrayToBase64(png)}`;
}
