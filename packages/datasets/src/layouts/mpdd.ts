import { assertKnownOptions } from '@adlib/core';
import type { Dataset } from '../dataset.js';
import { nameOf } from '../layout.js';
import { mvtecAdForm, readMvtecForm } from './mvtecForm.js';

/** Options of {@link mpdd}. */
export interface MpddOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens a category of MPDD (metal parts): the layout of MVTec AD, masks in `ground_truth/<defect>/<name>_mask.png`.
 *
 * Licence: CC BY-NC-SA 4.0, as anomalib gives it. Cite: S. Jezek, M. Jonak, R. Burget, P. Dvorak, M. Skotak, "Deep
 * learning-based defect detection of metal parts: evaluating current methods in complex conditions", ICUMT 2021.
 *
 * @param dir - the folder of one category, for example `MPDD/bracket_black`
 * @param options - another name
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong, as for `mvtec`
 * @example
 * ```ts
 * import { synthetic } from '@adlib/datasets';
 * import { mpdd, writeMvtec } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = join(await mkdtemp(join(tmpdir(), 'adlib-')), 'tubes');
 * await writeMvtec(synthetic('screw', { good: 4, testGood: 2, defective: 4, size: 64 }), dir);
 * console.log((await mpdd(dir)).name); // tubes
 * ```
 * @see https://github.com/stepanje/MPDD
 */
export async function mpdd(dir: string, options: MpddOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('mpdd', options, ['name']);
  return (await readMvtecForm('mpdd', dir, mvtecAdForm)).dataset(name);
}
