import * as node from '@adlib/datasets/node';
import sharp, { type Sharp } from 'sharp';
import { readAll, type FuzzKind } from './kind.js';

/** Size of every picture. */
export const [width, height] = [24, 18] as const;
const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + (i >> 4)) & 255);
const raw = { raw: { width, height, channels: 3 as const } };
const colour = (): Sharp => sharp(rgb, raw);
const grey = (): Sharp => colour().toColourspace('b-w');

/** A good part. */
export const picture = await grey().png().toBuffer();
/** Another good part. */
export const other = await grey().negate().png().toBuffer();
/** A mask, black and white. */
export const mask = await grey().threshold(128).png().toBuffer();

function bmp(bits: 8 | 24): Uint8Array {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const palette = bits === 8 ? 1024 : 0;
  const out = Buffer.alloc(54 + palette + stride * height);
  out.write('BM');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(54 + palette, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(width, 18);
  out.writeInt32LE(height, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(bits, 28);
  for (let i = 0; i < palette / 4; i++) out.fill(i, 54 + 4 * i, 57 + 4 * i);
  return out;
}

/** Pictures in every form, by format. */
export const images: Readonly<Record<string, readonly Uint8Array[]>> = {
  png: [
    picture,
    await colour().png().toBuffer(),
    await colour().png({ palette: true }).toBuffer(),
    await colour().ensureAlpha().png({ progressive: true }).toBuffer(),
    await node.encodePng({ data: Uint16Array.from(rgb, (v) => v * 257), width, height, channels: 3 }),
  ],
  jpeg: [
    await colour().jpeg().toBuffer(),
    await grey().jpeg({ progressive: true }).toBuffer(),
    await colour()
      .withExif({ IFD0: { Orientation: '6' } })
      .jpeg()
      .toBuffer(),
  ],
  bmp: [bmp(24), bmp(8)],
  tiff: [
    await colour().tiff({ compression: 'none' }).toBuffer(),
    await grey().tiff({ compression: 'lzw' }).toBuffer(),
    await colour().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
  ],
  webp: [await colour().webp().toBuffer(), await colour().webp({ lossless: true }).toBuffer()],
};

/** Pictures to learn from, in the layout of MVTec AD. */
export const good = { 'train/good/0.png': picture, 'train/good/1.png': other };

function imageKind(seeds: readonly Uint8Array[]): FuzzKind {
  const target = 'train/good/x.png';
  return { form: 'binary', target, seeds, files: good, read: async (dir) => readAll(await node.mvtec(dir)) };
}

const maskKind: FuzzKind = {
  form: 'binary',
  target: 'ground_truth/cut/0_mask.png',
  seeds: [mask, await grey().threshold(128).png({ palette: true }).toBuffer(), ...images['tiff']!, ...images['bmp']!],
  files: { ...good, 'test/cut/0.png': picture, 'test/good/0.png': other },
  read: async (dir) => readAll(await node.mvtec(dir)),
};

/** Pictures and masks, by name. */
export const pictureKinds: Readonly<Record<string, FuzzKind>> = {
  ...Object.fromEntries(Object.entries(images).map(([name, seeds]) => [name, imageKind(seeds)])),
  mask: maskKind,
};
