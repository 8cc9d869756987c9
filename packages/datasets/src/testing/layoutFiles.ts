import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { encodePng } from '../encode.js';

/** Width and height of the pictures that {@link makeFiles} draws: not square, so that swapped sides show. */
export const [width, height] = [6, 4];

const picture = await encodePng({ data: new Uint8Array(width * height).fill(90), width, height, channels: 1 });
const colour = sharp(Buffer.alloc(width * height * 3, 90), { raw: { width, height, channels: 3 } });
const jpeg = await colour.clone().jpeg().toBuffer();

/**
 * A mask file with a value at each place and 0 elsewhere.
 *
 * @param places - value by place, `row * width + column`
 * @returns a grey PNG of the pictures' size
 */
export function maskFile(places: Readonly<Record<number, number>>): Promise<Uint8Array> {
  const data = new Uint8Array(width * height);
  for (const [place, value] of Object.entries(places)) data[Number(place)] = value;
  return encodePng({ data, width, height, channels: 1 });
}

/** Mask files: nothing, the last two pixels, one of another size. */
export const masks = {
  empty: await maskFile({}),
  end: await maskFile({ 22: 255, 23: 255 }),
  wide: await encodePng({ data: new Uint8Array(5), width: 5, height: 1, channels: 1 }),
};

/** Pictures that are odd, or wrong. */
export const odd = {
  /** 16 bit grey. */
  deep: await encodePng({ data: new Uint16Array(width * height).fill(40_000), width, height, channels: 1 }),
  /** Stored lying, upright by its EXIF rotation. */
  turned: await sharp(Buffer.alloc(width * height * 3, 90), { raw: { width: height, height: width, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer(),
  /** A JPEG for printing. */
  cmyk: await colour.clone().toColourspace('cmyk').jpeg().toBuffer(),
  /** A PNG with a palette: black, and red in the last two pixels. */
  palette: await sharp(Buffer.from(Array.from({ length: width * height }, (_, i) => [i > 21 ? 255 : 0, 0, 0]).flat()), {
    raw: { width, height, channels: 3 },
  })
    .png({ palette: true, colours: 2 })
    .toBuffer(),
  /** A PNG without its end. */
  cut: picture.slice(0, picture.length - 20),
  /** Not a picture. */
  text: Buffer.from('not a picture'),
};

/** Content of a file; the text `picture` stands for one, by the file's ending: JPEG for `.jpg`, else PNG. */
export type FileContent = Uint8Array | string;

/**
 * Writes a data set's files into a new folder.
 *
 * @param files - content by path; a list of paths gets pictures
 * @returns the folder
 */
export async function makeFiles(files: readonly string[] | Readonly<Record<string, FileContent>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'adlib-layout-'));
  await addFiles(dir, files);
  return dir;
}

/**
 * Writes files into a folder.
 *
 * @param dir - the folder
 * @param files - as for {@link makeFiles}
 */
export async function addFiles(
  dir: string,
  files: readonly string[] | Readonly<Record<string, FileContent>>,
): Promise<void> {
  const entries = Array.isArray(files)
    ? (files as readonly string[]).map((name) => [name, 'picture'] as const)
    : Object.entries(files);
  for (const [name, content] of entries) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    const drawn = content === 'picture' ? (/\.jpe?g$/i.test(name) ? jpeg : picture) : content;
    await writeFile(join(dir, name), drawn);
  }
}
