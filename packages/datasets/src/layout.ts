import { basename, dirname, resolve } from 'node:path';
import { DatasetFormatError } from '@adlib/core';
import type { Dataset } from './dataset.js';
import { fileSample, headerOf, type DataFile, type FileSampleSource } from './files.js';
import { maskSizeMessage } from './mask.js';

/** Collects everything that is wrong with a data set, so that one error tells it all. */
export class Problems {
  readonly #found: { text: string; path: string }[] = [];
  readonly #texts = new Set<string>();

  /**
   * Notes a problem; the same text twice counts once.
   *
   * @param path - the file or folder at fault
   * @param text - what is wrong and what to do, beginning with the path as the user knows it
   */
  add(path: string, text: string): void {
    if (!this.#texts.has(text)) this.#found.push({ text, path });
    this.#texts.add(text);
  }

  /**
   * Throws when anything was noted.
   *
   * @param fn - the layout's function
   * @throws DatasetFormatError with every problem (the first 20 of many), its `path` the first file at fault
   */
  throwIfAny(fn: string): void {
    const first = this.#found[0];
    if (first === undefined) return;
    const lines = this.#found.slice(0, 20).map(({ text }) => text);
    if (this.#found.length > 20) lines.push(`and ${this.#found.length - 20} more`);
    const text = lines.length === 1 ? lines[0]! : `${this.#found.length} problems:\n- ${lines.join('\n- ')}`;
    throw new DatasetFormatError(`${fn}: ${text}`, { path: first.path });
  }
}

/**
 * Pairs masks with pictures by name: the same path below their folders, whatever the endings, the mask's name with or
 * without `_mask`. Never by order.
 *
 * @param pictures - the pictures
 * @param masks - the masks
 * @param problems - takes masks without a picture, masks of the same name, and pictures that share one
 * @param suffix - what the mask's name may have more than the picture's
 * @returns for each picture its mask, or undefined
 */
export function pairMasks(
  pictures: readonly DataFile[],
  masks: readonly DataFile[],
  problems: Problems,
  suffix = /_mask$/i,
): (DataFile | undefined)[] {
  const byStem = new Map<string, DataFile[]>();
  for (const picture of pictures) {
    const key = stem(picture.below);
    byStem.set(key, [...(byStem.get(key) ?? []), picture]);
  }
  const paired = new Map<DataFile, DataFile>();
  for (const mask of masks) {
    const name = stem(mask.below);
    const found = byStem.get(name) ?? byStem.get(name.replace(suffix, ''));
    if (found === undefined) {
      problems.add(mask.path, `${mask.path}: there is no picture for this mask. Add the picture or remove the mask.`);
    } else if (found.length > 1) {
      const names = found.map((picture) => picture.path).join(' and ');
      problems.add(mask.path, `${mask.path}: the mask fits ${names}. Give the pictures names of their own.`);
    } else if (paired.has(found[0]!)) {
      const other = paired.get(found[0]!)!;
      problems.add(mask.path, `${mask.path}: ${other.path} is a mask of the same picture. Keep one of them.`);
    } else {
      paired.set(found[0]!, mask);
    }
  }
  return pictures.map((picture) => paired.get(picture));
}

/**
 * A path without its ending.
 *
 * @param below - the path, with forward slashes
 * @returns what comes before the last dot of its name
 */
export function stem(below: string): string {
  const dot = below.lastIndexOf('.');
  return dot > below.lastIndexOf('/') ? below.slice(0, dot) : below;
}

/**
 * Reads the header of every picture and mask, so that a text file named `.png`, a cut off PNG and a mask of another size are
 * found before any training starts.
 *
 * @param sources - the files
 * @param problems - takes what is found
 */
export async function checkHeaders(sources: readonly FileSampleSource[], problems: Problems): Promise<void> {
  for (let at = 0; at < sources.length; at += 32) {
    // Read at the same time, told in the order of the files.
    const found = await Promise.all(sources.slice(at, at + 32).map(headerProblems));
    for (const { path, text } of found.flat()) problems.add(path, text);
  }
}

async function headerProblems({ path, masks, drawn }: FileSampleSource): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  const header = async (file: string): Promise<readonly [number, number] | undefined> => {
    try {
      const { height, width } = await headerOf(file);
      return [height, width];
    } catch (error) {
      found.push({ path: file, text: (error as Error).message });
      return undefined;
    }
  };
  const size = await header(path);
  const wrong = size === undefined ? undefined : drawn?.problem(size);
  if (wrong !== undefined) found.push({ path: drawn!.path, text: wrong });
  for (const mask of masks) {
    const maskSize = await header(mask);
    if (size === undefined || maskSize === undefined) continue;
    if (maskSize[0] !== size[0] || maskSize[1] !== size[1]) {
      found.push({ path: mask, text: maskSizeMessage(mask, maskSize, size) });
    }
  }
  return found;
}

/**
 * Makes the data set of a layout: samples sorted by id.
 *
 * @param name - its name
 * @param sources - the files
 * @param warnings - what to tell a person
 * @returns the data set
 */
export function fileDataset(name: string, sources: readonly FileSampleSource[], warnings: readonly string[]): Dataset {
  const sorted = [...sources].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { name, samples: sorted.map(fileSample), warnings };
}

/**
 * Name of a data set from its folder: the folder's, with the one above for names that say nothing.
 *
 * @param dir - the folder
 * @returns the name
 */
export function nameOf(dir: string): string {
  const path = resolve(dir);
  const name = basename(path);
  return ['good', 'train', 'images', 'data'].includes(name.toLowerCase()) ? basename(dirname(path)) : name;
}

/**
 * A sentence on files that are not pictures.
 *
 * @param others - the files
 * @returns none, or one warning that names the first few
 */
export function skippedWarning(others: readonly DataFile[]): string[] {
  if (others.length === 0) return [];
  const names = others.slice(0, 3).map((file) => file.path);
  return [
    `${others.length} ${others.length === 1 ? 'file has' : 'files have'} no picture's ending and ${others.length === 1 ? 'was' : 'were'} skipped: ` +
      `${names.join(', ')}${others.length > 3 ? ', ...' : ''}.`,
  ];
}
