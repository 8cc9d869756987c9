import { readFile } from 'node:fs/promises';
import {
  assertFinite,
  assertKnownOptions,
  assertLength,
  DatasetFormatError,
  maxValue,
  type Image,
  type Mask,
} from '@adlib/core';
import { decodeImage } from './decode.js';

/** Options of {@link readMask}. */
export interface ReadMaskOptions {
  /** `[height, width]` of the picture it belongs to: a mask of another size is refused. @defaultValue any size */
  size?: readonly [number, number];
  /**
   * Share of full brightness above which a pixel is defective, in [0, 1]; 0 takes every value but 0, as masks with a number
   * per defect need. @defaultValue a half; every value but 0 where nothing is above a half, other than in JPEG
   */
  above?: number;
}

/**
 * Reads a ground-truth mask. A pixel is defective where a channel is above half of full brightness (127 of 255). Where
 * nothing is, the file holds class numbers or plain 0 and 1, and every value but 0 is defective; not so for JPEG, where
 * small values are compression noise. A mask is never resized.
 *
 * @param path - the mask's file, of any format {@link readImage} takes
 * @param options - the size it must have
 * @returns 1 where defective; the caller's own
 * @throws DatasetFormatError naming the file if it cannot be read or has another size
 * @example
 * ```ts
 * import { readMask, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const path = join(await mkdtemp(join(tmpdir(), 'adlib-')), '000_mask.png');
 * await writePng(path, { data: new Uint8Array([0, 90, 255]), width: 3, height: 1, channels: 1 });
 * console.log((await readMask(path, { size: [1, 3] })).data); // 0, 0, 1
 * ```
 */
export async function readMask(path: string, options: ReadMaskOptions = {}): Promise<Mask> {
  const { size, above: share } = options;
  assertKnownOptions('readMask', options, ['size', 'above']);
  if (share !== undefined) assertFinite('readMask', 'above', share, 0, 1);
  if (size !== undefined) assertLength('readMask', 'size', size, 2, '[height, width]');
  const bytes = await readFile(path);
  const image = await decodeImage(bytes, { name: path });
  if (size !== undefined && (image.height !== size[0] || image.width !== size[1])) {
    throw new DatasetFormatError(maskSizeMessage(path, [image.height, image.width], size), { path });
  }
  const { width, height } = image;
  const data = above(image, (share ?? 0.5) * maxValue(image));
  const lossy = bytes[0] === 0xff && bytes[1] === 0xd8;
  return { data: share !== undefined || lossy || data.includes(1) ? data : above(image, 0), width, height };
}

/**
 * The one sentence about a mask that does not fit its picture.
 *
 * @param name - the mask's file
 * @param mask - its `[height, width]`
 * @param image - the picture's `[height, width]`
 * @returns the message
 */
export function maskSizeMessage(
  name: string,
  mask: readonly [number, number],
  image: readonly [number, number],
): string {
  const turned = mask[0] === image[1] && mask[1] === image[0];
  return (
    `${name}: the mask is ${mask[1]}×${mask[0]}, its picture is ${image[1]}×${image[0]} (width×height). ` +
    (turned
      ? 'Its sides are swapped: pictures are turned as their EXIF rotation says, so turn the mask too.'
      : 'Export the mask at the size of the picture.')
  );
}

function above(image: Image, limit: number): Uint8Array {
  const { data, channels } = image;
  const out = new Uint8Array(image.width * image.height);
  for (let i = 0; i < data.length; i++) {
    if (data[i]! > limit) out[Math.floor(i / channels)] = 1;
  }
  return out;
}
