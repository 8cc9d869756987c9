import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { UsageError } from './failure.js';

/** A picture to predict. */
export interface ImagePath {
  /** Where it is. */
  path: string;
  /** Its path below the folder that was given, or its name; what results written for it are called after. */
  name: string;
}

const endings = new Set(['.png', '.jpg', '.jpeg', '.bmp', '.tif', '.tiff', '.webp']);

/**
 * The pictures that arguments name: files as they are, folders with everything below them, sorted.
 *
 * @param paths - files and folders
 * @returns the pictures, in the order of the arguments
 * @throws UsageError if a path does not exist or a folder has no pictures
 */
export async function imagePaths(paths: readonly string[]): Promise<ImagePath[]> {
  const out: ImagePath[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) throw new UsageError(`there is no file or folder ${path}. Check the path.`);
    if (!found.isDirectory()) {
      out.push({ path, name: basename(path) });
      continue;
    }
    const files = (await readdir(path, { recursive: true, withFileTypes: true }))
      .filter(
        (entry) =>
          !entry.isDirectory() && !entry.name.startsWith('.') && endings.has(extname(entry.name).toLowerCase()),
      )
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    if (files.length === 0) throw new UsageError(`${path} holds no pictures (${[...endings].join(', ')}).`);
    out.push(...files.map((file) => ({ path: file, name: relative(path, file) })));
  }
  return out;
}
