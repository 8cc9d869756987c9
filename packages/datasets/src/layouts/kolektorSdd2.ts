import { join } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import type { Dataset } from '../dataset.js';
import { isFolder } from '../files.js';
import { nameOf } from '../layout.js';
import { readMaskedFolder } from './labelByMask.js';
import { Reading } from './reading.js';

/** Options of {@link kolektorSdd2}. */
export interface KolektorSdd2Options {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens KolektorSDD2: `train/10000.png` with its mask `train/10000_GT.png`, and the same in `test`. Every picture has a mask;
 * where it shows nothing the picture is good, so every mask is decoded when the data set is opened. Both parts hold good and
 * defective pictures; `assignRoles` gives the defective ones of the training part to calibration.
 *
 * Licence: CC BY-NC-SA 4.0, as most who name the authors' page give it; one mirror says CC BY-SA 4.0, so look at the page.
 * Cite: J. Božič, D. Tabernik, D. Skočaj, "Mixed supervision for surface-defect detection: from weakly to fully supervised
 * learning", Computers in Industry 129, 2021.
 *
 * @param dir - the folder that holds `train` and `test`
 * @param options - another name
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong: no training pictures, pictures without a mask, masks without a
 *   picture, of another size or unreadable, files that are cut off or not pictures
 * @example
 * ```ts
 * import { kolektorSdd2, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * for (const name of ['train/10000', 'train/10001', 'test/20000']) {
 *   const picture = { data: Uint8Array.of(0, name.startsWith('test') ? 255 : 0), width: 2, height: 1, channels: 1 } as const;
 *   await writePng(join(dir, `${name}.png`), picture);
 *   await writePng(join(dir, `${name}_GT.png`), picture);
 * }
 * console.log((await kolektorSdd2(dir)).samples[0]?.label); // defective
 * ```
 * @see https://www.vicos.si/resources/kolektorsdd2/
 */
export async function kolektorSdd2(dir: string, options: KolektorSdd2Options = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('kolektorSdd2', options, ['name']);
  const reading = new Reading('kolektorSdd2', dir);
  if (!(await isFolder(join(dir, 'train')))) {
    throw reading.refusal(`${dir} has no folder train. Give the folder that holds train and test.`);
  }
  const maskEnding = '_GT.png';
  await readMaskedFolder(reading, { below: 'train', maskEnding, split: 'train' });
  reading.needGood(join(dir, 'train'));
  if (!(await isFolder(join(dir, 'test')))) {
    reading.warnings.push(`${dir} has no folder test: nothing can be evaluated on it.`);
  } else await readMaskedFolder(reading, { below: 'test', maskEnding, split: 'test' });
  return reading.dataset(name);
}
