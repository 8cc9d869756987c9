import { assertKnownOptions } from '@adlib/core';
import type { Dataset } from '../dataset.js';
import { isFolder } from '../files.js';
import { nameOf } from '../layout.js';
import { readMaskedFolder } from './labelByMask.js';
import { Reading } from './reading.js';

/** Options of {@link kolektorSdd}. */
export interface KolektorSddOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens KolektorSDD (surfaces of commutators): `kos01/Part0.jpg` with its mask `kos01/Part0_label.bmp`. Every picture has a
 * mask; where it shows nothing the picture is good, so every mask is decoded when the data set is opened. The layout does not
 * say what is for training: `assignRoles` does.
 *
 * Licence: CC BY-NC-SA 4.0, as anomalib gives it. Cite: D. Tabernik, S. Šela, J. Skvarč, D. Skočaj, "Segmentation-based
 * deep-learning approach for surface-defect detection", Journal of Intelligent Manufacturing 31, 2020.
 *
 * @param dir - the folder that holds `kos01`, `kos02`, ...
 * @param options - another name
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong: no pictures, pictures without a mask, masks without a picture,
 *   of another size or unreadable, files that are cut off or not pictures
 * @example
 * ```ts
 * import { kolektorSdd, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * for (const [i, value] of [0, 0, 255].entries()) {
 *   const picture = { data: Uint8Array.of(0, value), width: 2, height: 1, channels: 1 } as const;
 *   await writePng(join(dir, `kos01/Part${i}.jpg`), picture);
 *   await writePng(join(dir, `kos01/Part${i}_label.bmp`), picture);
 * }
 * console.log((await kolektorSdd(dir)).samples.map(({ label }) => label)); // [good, good, defective]
 * ```
 * @see https://www.vicos.si/resources/kolektorsdd/
 */
export async function kolektorSdd(dir: string, options: KolektorSddOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('kolektorSdd', options, ['name']);
  const reading = new Reading('kolektorSdd', dir);
  if (!(await isFolder(dir))) throw reading.refusal(`there is no folder ${dir}. Check the path.`);
  await readMaskedFolder(reading, { below: '', maskEnding: '_label.bmp', split: undefined });
  reading.needGood(dir);
  return reading.dataset(name);
}
