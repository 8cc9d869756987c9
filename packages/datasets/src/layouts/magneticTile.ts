import { extname, join } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import type { Dataset } from '../dataset.js';
import { isFolder, subfolders, type DataFile } from '../files.js';
import { nameOf, pairMasks } from '../layout.js';
import { missingMasks } from './missingMasks.js';
import { Reading } from './reading.js';

/** Options of {@link magneticTile}. */
export interface MagneticTileOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens the magnetic tile defects: `MT_Free/Imgs` holds good tiles, `MT_Blowhole/Imgs`, `MT_Break/Imgs`, `MT_Crack/Imgs`,
 * `MT_Fray/Imgs` and `MT_Uneven/Imgs` defective ones; pictures are JPEG and their masks PNG files of the same name beside
 * them. The layout does not say what is for training: `assignRoles` does.
 *
 * Licence: none is stated by the authors; ask them before commercial use. Cite: Y. Huang, C. Qiu, K. Yuan, "Surface defect
 * saliency of magnetic tile", The Visual Computer 36, 2020.
 *
 * @param dir - the folder that holds `MT_Free`, `MT_Blowhole`, ...
 * @param options - another name
 * @returns the data set, sorted by path; defect types in lower case without `MT_`
 * @throws DatasetFormatError listing everything that is wrong: no `MT_Free`, too few good pictures, masks without a picture or
 *   of another size, files that are cut off or not pictures
 * @example
 * ```ts
 * import { magneticTile, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * const picture = { data: Uint8Array.of(0, 255), width: 2, height: 1, channels: 1 } as const;
 * for (const name of ['MT_Free/Imgs/1.jpg', 'MT_Free/Imgs/2.jpg', 'MT_Crack/Imgs/3.jpg', 'MT_Crack/Imgs/3.png'])
 *   await writePng(join(dir, name), picture);
 * console.log((await magneticTile(dir)).samples[0]?.defect); // crack
 * ```
 * @see https://github.com/abin24/Magnetic-tile-defect-datasets.
 */
export async function magneticTile(dir: string, options: MagneticTileOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('magneticTile', options, ['name']);
  const reading = new Reading('magneticTile', dir);
  const folders = (await isFolder(dir)) ? await subfolders(dir) : [];
  if (!folders.includes('MT_Free')) {
    throw reading.refusal(`${dir} has no folder MT_Free. Give the folder that holds MT_Free, MT_Blowhole, ...`);
  }
  for (const folder of folders) {
    if (/^MT_/i.test(folder)) await readFolder(reading, folder);
    else reading.warnings.push(`${join(dir, folder)} is not read: its name does not begin with MT_.`);
  }
  reading.needGood(join(dir, 'MT_Free'));
  return reading.dataset(name);
}

async function readFolder(reading: Reading, folder: string): Promise<void> {
  const files = await reading.pictures(folder);
  const isMask = ({ below }: DataFile): boolean => extname(below).toLowerCase() === '.png';
  const pictures = files.filter((file) => !isMask(file));
  const masks = pairMasks(pictures, files.filter(isMask), reading.problems);
  const good = folder === 'MT_Free';
  const defect = good ? 'good' : folder.slice(3).toLowerCase();
  pictures.forEach(({ path, below }, i) => {
    const mask = masks[i];
    reading.sources.push({
      id: `${folder}/${below}`,
      label: good ? 'good' : 'defective',
      defect,
      split: undefined,
      path,
      masks: mask === undefined ? [] : [mask.path],
    });
  });
  if (good) return;
  const without = pictures.filter((_, i) => masks[i] === undefined).map(({ path }) => path);
  reading.warnings.push(...missingMasks(join(reading.dir, folder), pictures.length, without));
}
