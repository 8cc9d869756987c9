import { assertImage, type Image, type Mask } from '@adlib/core';
import { writeFileAtomic } from '@adlib/core/node';
import { loadSharp } from './decode.js';

/**
 * Encodes a picture or a mask as PNG. 8 and 16 bit data is stored as it is, float data in `[0, 1]` as 8 bit (rounded,
 * values outside are cut), a mask as 0 and 255.
 *
 * @param picture - the picture or mask; not modified
 * @returns the file's content
 * @throws TypeError or RangeError if the picture is not well-formed
 * @example
 * ```ts
 * import { decodeImage, encodePng } from '@adlib/datasets/node';
 * const bytes = await encodePng({ data: new Float32Array([0, 0.5, 2]), width: 3, height: 1, channels: 1 });
 * console.log((await decodeImage(bytes)).data); // 0, 128, 255
 * ```
 */
export async function encodePng(picture: Image | Mask): Promise<Uint8Array> {
  const image: Image = 'channels' in picture ? picture : maskImage(picture);
  assertImage('encodePng', 'picture', image);
  const { width, height, channels } = image;
  const data = image.data instanceof Float32Array ? toBytes(image.data) : image.data;
  const sharp = await loadSharp();
  const space = channels === 1 ? 'b-w' : 'srgb';
  const sixteen = data instanceof Uint16Array;
  const raw = sharp(data, { raw: { width, height, channels } });
  if (sixteen) raw.pipelineColourspace(channels === 1 ? 'grey16' : 'rgb16');
  return raw
    .toColourspace(sixteen ? (channels === 1 ? 'grey16' : 'rgb16') : space)
    .png()
    .toBuffer();
}

/**
 * Writes a picture or a mask as PNG, atomically; missing folders are made. What {@link encodePng} says of values holds.
 *
 * @param path - the file
 * @param picture - the picture or mask; not modified
 * @throws TypeError or RangeError if the picture is not well-formed, the file system's error if it cannot be written
 * @example
 * ```ts
 * import { readMask, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const path = join(await mkdtemp(join(tmpdir(), 'adlib-')), 'part_mask.png');
 * await writePng(path, { data: new Uint8Array([0, 1]), width: 2, height: 1 });
 * console.log((await readMask(path)).data); // 0, 1
 * ```
 */
export async function writePng(path: string, picture: Image | Mask): Promise<void> {
  await writeFileAtomic(path, await encodePng(picture));
}

function maskImage({ data, width, height }: Mask): Image {
  return { data: data.map((v) => (v === 0 ? 0 : 255)), width, height, channels: 1 };
}

function toBytes(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (v) => Math.round(Math.min(Math.max(v, 0), 1) * 255));
}
