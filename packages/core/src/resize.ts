import { argumentMessage, assertInteger, assertLength } from './check.js';
import { assertImage, maxValue, type Image } from './image.js';
import { emptyLike } from './ndarray.js';
import { resample, triangleTaps } from './resample.js';

/**
 * Resizes one plane or an interleaved picture with an antialiased triangle (bilinear) filter on half-pixel centres: what
 * Pillow's `BILINEAR`, torchvision's `antialias=True` and ONNX `Resize(mode=linear, antialias=1, exclude_outside=1)`
 * compute (without `exclude_outside`, ONNX gives the border pixels the weight of what lies outside). When it
 * enlarges, it is ordinary bilinear interpolation.
 *
 * @param data - row-major `height * width * channels` values, any numeric array; not modified
 * @param from - `[height, width]` of the input, in pixels
 * @param to - `[height, width]` of the output, in pixels
 * @param channels - interleaved channels
 * @returns a new float32 array of `to[0] * to[1] * channels` values, in the units of the input;
 *   a NaN reaches only the outputs whose filter covers it
 * @throws TypeError or RangeError if a size is not a positive integer or `data` does not have the values it needs
 * @example
 * ```ts
 * import { resizeBilinear } from '@adlib/core';
 * console.log(resizeBilinear(new Float32Array([0, 1]), [1, 2], [1, 4])); // 0, 0.25, 0.75, 1
 * ```
 * @see ONNX operator Resize, attributes `antialias` and `exclude_outside`
 */
export function resizeBilinear(
  data: ArrayLike<number>,
  from: readonly [number, number],
  to: readonly [number, number],
  channels = 1,
): Float32Array {
  const [height, width] = from;
  const [outHeight, outWidth] = to;
  for (const [name, value] of Object.entries({ height, width, outHeight, outWidth, channels })) {
    assertInteger('resizeBilinear', name, value, 1);
  }
  assertLength('resizeBilinear', 'data', data, height * width * channels, `${height}×${width}×${channels}`);
  return resample(data, width, triangleTaps(height, outHeight), triangleTaps(width, outWidth), channels);
}

/**
 * Brings a picture to float32 in `[0, 1]`.
 *
 * @param image - 8 bit, 16 bit or float; not modified
 * @returns a new image; a float image is returned as it is, its values untouched
 * @throws TypeError or RangeError if `image` is not well-formed
 * @example
 * ```ts
 * import { toFloat } from '@adlib/core';
 * console.log(toFloat({ data: new Uint8Array([255]), width: 1, height: 1, channels: 1 }).data[0]); // 1
 * ```
 */
export function toFloat(image: Image): Image & { readonly data: Float32Array } {
  assertImage('toFloat', 'image', image);
  if (isFloat(image)) return image;
  const max = maxValue(image);
  const data = new Float32Array(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = image.data[i]! / max;
  return { data, width: image.width, height: image.height, channels: image.channels };
}

function isFloat(image: Image): image is Image & { readonly data: Float32Array } {
  return image.data instanceof Float32Array;
}

/**
 * Converts between grey and colour: grey to RGB repeats the value, RGB to grey takes ITU-R 601 luma
 * `0.299 R + 0.587 G + 0.114 B`.
 *
 * @param image - the picture; not modified
 * @param channels - channels wanted
 * @returns a new image with the same kind of data (integer data is rounded), or `image` itself when it fits already
 * @throws TypeError or RangeError if `image` is not well-formed or `channels` is not 1 or 3
 * @example
 * ```ts
 * import { toChannels } from '@adlib/core';
 * const red = { data: new Uint8Array([255, 0, 0]), width: 1, height: 1, channels: 3 } as const;
 * console.log(toChannels(red, 1).data[0]); // 76
 * ```
 */
export function toChannels(image: Image, channels: 1 | 3): Image {
  assertImage('toChannels', 'image', image);
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(argumentMessage('toChannels', 'channels', '1 or 3', channels));
  }
  if (image.channels === channels) return image;
  const pixels = image.width * image.height;
  const source = image.data;
  const data = emptyLike(source, pixels * channels);
  const round = !(source instanceof Float32Array);
  for (let i = 0; i < pixels; i++) {
    if (channels === 3) {
      data[3 * i] = data[3 * i + 1] = data[3 * i + 2] = source[i]!;
    } else {
      const luma = 0.299 * source[3 * i]! + 0.587 * source[3 * i + 1]! + 0.114 * source[3 * i + 2]!;
      data[i] = round ? Math.round(luma) : luma;
    }
  }
  return { data, width: image.width, height: image.height, channels };
}
