import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Mask } from '@adlib/core';
import type { Sample } from './dataset.js';
import { readHeader, readImage, type ImageHeader } from './decode.js';
import { readMask } from './mask.js';

const pictureEndings = new Set(['.png', '.jpg', '.jpeg', '.bmp', '.tif', '.tiff', '.webp']);

/**
 * Whether a file's name ends as those of pictures that can be read.
 *
 * @param name - name or path
 * @returns true for upper-case endings, too
 */
export function isPictureName(name: string): boolean {
  return pictureEndings.has(extname(name).toLowerCase());
}

/** A file of a data set. */
export interface DataFile {
  /** Where it is. */
  readonly path: string;
  /** Path below the folder that was listed, with forward slashes. */
  readonly below: string;
}

/** Pictures below a folder, and what lies beside them. */
export interface Listing {
  /** Files with a picture's ending, upper or lower case, sorted by `below`. */
  readonly pictures: readonly DataFile[];
  /** Other files that are not hidden, sorted. */
  readonly others: readonly DataFile[];
}

/**
 * Lists a folder and everything below it; hidden files and folders are left out, links are followed, loops of links are not.
 *
 * @param dir - the folder
 * @returns its pictures and other files, sorted by path (by code unit, the same everywhere)
 */
export async function listPictures(dir: string): Promise<Listing> {
  const files: DataFile[] = [];
  await walk(dir, '', files, new Set());
  files.sort((a, b) => (a.below < b.below ? -1 : 1));
  const isPicture = (file: DataFile): boolean => isPictureName(file.below);
  return { pictures: files.filter(isPicture), others: files.filter((file) => !isPicture(file)) };
}

async function walk(dir: string, prefix: string, files: DataFile[], seen: Set<string>): Promise<void> {
  const real = await realpath(dir);
  if (seen.has(real)) return;
  seen.add(real);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(dir, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => entry) : entry;
    if (kind.isDirectory()) await walk(path, `${prefix}${entry.name}/`, files, seen);
    else if (kind.isFile()) files.push({ path, below: prefix + entry.name });
  }
}

/**
 * Whether a path is a folder.
 *
 * @param path - the path
 * @returns false where there is nothing
 */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Subfolders of a folder.
 *
 * @param dir - the folder
 * @returns names, sorted, hidden ones left out
 */
export async function subfolders(dir: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => !name.startsWith('.')).sort();
  const folders = await Promise.all(names.map((name) => isFolder(join(dir, name))));
  return names.filter((_, i) => folders[i]);
}

/** Ground truth that is drawn (boxes, polygons, run lengths), not read from a picture. */
export interface DrawnMask {
  /** The file it comes from, for messages. */
  readonly path: string;
  /** What is wrong with it for a picture of this `[height, width]`, beginning with the file; undefined if nothing is. */
  problem(size: readonly [number, number]): string | undefined;
  /** Draws it for a picture of this `[height, width]`: 1 where defective, a new mask each time. */
  draw(size: readonly [number, number]): Mask;
}

/** What a sample made of files needs. */
export interface FileSampleSource extends Pick<Sample, 'id' | 'label' | 'defect' | 'split' | 'role' | 'group'> {
  /** The picture. */
  readonly path: string;
  /** Files whose union is the ground truth; empty where there is none. */
  readonly masks: readonly string[];
  /** Share of full brightness above which a pixel of `masks` is defective. @defaultValue as {@link readMask} says */
  readonly maskAbove?: number;
  /** Ground truth that is drawn, joined with that of `masks`. */
  readonly drawn?: DrawnMask;
}

/**
 * Makes a sample of a picture file and its mask files.
 *
 * @param source - the files, and what the layout says of them
 * @returns the sample; nothing is read yet
 */
export function fileSample({ path, masks, maskAbove, drawn, ...facts }: FileSampleSource): Sample {
  const sample: Sample = { ...facts, hash: () => hashFile(path), image: () => readImage(path) };
  if (masks.length === 0 && drawn === undefined) return sample;
  const mask = async (): Promise<Mask> => readMasks({ masks, maskAbove, drawn }, path);
  // With a limit of its own, a layout gives grey values a meaning.
  if (masks.length === 0 || maskAbove !== undefined) return { ...sample, mask };
  return { ...sample, mask, maskFiles: async () => Promise.all(masks.map((file) => readImage(file))) };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function readMasks(
  {
    masks,
    maskAbove: above,
    drawn,
  }: { masks: readonly string[]; maskAbove: number | undefined; drawn: DrawnMask | undefined },
  path: string,
): Promise<Mask> {
  const { height, width } = await headerOf(path);
  const size = [height, width] as const;
  const read = await Promise.all(
    masks.map((mask) => readMask(mask, { size, ...(above === undefined ? {} : { above }) })),
  );
  if (drawn !== undefined) read.push(drawn.draw(size));
  const union = read[0]!;
  for (const { data } of read.slice(1)) data.forEach((v, i) => (union.data[i]! |= v));
  return union;
}

/**
 * Reads a picture's header from disk.
 *
 * @param path - the picture
 * @returns its format and size
 * @throws DatasetFormatError naming the file
 */
export async function headerOf(path: string): Promise<ImageHeader> {
  return readHeader(await readFile(path), path);
}
